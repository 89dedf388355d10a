"""The chaos tests need a deployed system with all services (`make up`), and kill its parts."""

import os
from collections.abc import Iterator

import pytest

from ops import aws, settings
from ops.lifecycle import localstack
from services.contracts.services import SERVICES
from tests.chaos.run import Run
from tests.support import people


@pytest.fixture(scope="session")
def journeys() -> int:
    """The number of patients who are registered, booked and treated; CHAOS_JOURNEYS sets another one."""
    return int(os.environ.get("CHAOS_JOURNEYS", "1000"))


@pytest.fixture(scope="session", autouse=True)
def system() -> None:
    """Fails at once when the system is not deployed."""
    if localstack.health() is None:
        pytest.fail(f"nothing answers on {settings.EDGE_URL}: make up", pytrace=False)
    missing = set(SERVICES) - set(aws.service_names())
    if missing:
        pytest.fail(f"not deployed: {', '.join(sorted(missing))}: make up", pytrace=False)


@pytest.fixture(scope="session")
def run(system: None) -> Iterator[Run]:
    """A run with staff and doctors of its own."""
    with people.administrator() as admin:
        doctors = [str(people.register(admin.http, roles=["DOCTOR"])["id"]) for _ in range(5)]
        account = people.register(admin.http, roles=["STAFF"])
    with people.signed_in(account["username"]) as staff:
        yield Run(staff, doctors)
