"""Whoever runs these has a deployed system with all five services (`make up`), and lets its parts be killed."""

import os
from collections.abc import Iterator

import pytest

from ops import aws, settings
from ops.lifecycle import localstack
from tests import people
from tests.chaos.run import Clinic

SERVICES = {"auth", "patient", "appointment", "billing", "notification"}


@pytest.fixture(scope="session")
def journeys() -> int:
    """How many numbered patients walk through the system; CHAOS_JOURNEYS asks for another number."""
    return int(os.environ.get("CHAOS_JOURNEYS", "1000"))


@pytest.fixture(scope="session", autouse=True)
def system() -> None:
    if localstack.health() is None:
        pytest.fail(f"nothing answers on {settings.EDGE_URL}: make up", pytrace=False)
    missing = SERVICES - {str(service["serviceName"]) for service in aws.services()}
    if missing:
        pytest.fail(f"not deployed: {', '.join(sorted(missing))}: make up", pytrace=False)


@pytest.fixture(scope="session")
def clinic(system: None) -> Iterator[Clinic]:
    """Staff and doctors of this run's own."""
    with people.administrator() as admin:
        doctors = [str(people.register(admin.http, roles=["DOCTOR"])["id"]) for _ in range(5)]
        account = people.register(admin.http, roles=["STAFF"])
    with people.signed_in(account["username"]) as staff:
        yield Clinic(staff, doctors)
