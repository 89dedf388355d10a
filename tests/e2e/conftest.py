"""The order of the end-to-end tests, and the people who appear in them. They need a deployed system (`make up`)."""

from collections.abc import AsyncIterator, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient

from ops import api, aws, brokers, settings
from ops.lifecycle import localstack
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from tests.e2e.kafka import Broker
from tests.e2e.tasks import Task
from tests.support import people
from tests.support.people import Person

# All tests use one system. Each leaves it working, and no test needs what another one has created. Still the order of
# the modules matters, because some disturb the system for others, or slow it down.
ORDER = (
    # These see the system as it was deployed. A failure in them explains many of those that follow.
    "test_api",
    "test_clinic_day",
    "test_accounts",
    "test_corrections",
    "test_events",
    "test_concurrency",
    # Compares the AWS APIs with what runs, task by task, so it comes before tasks are killed and replaced.
    "test_aws_apis",
    # Looks at the roles of the connections, so it comes before tasks are replaced and connections come and go.
    "test_audit",
    # These kill tasks and deploy again, and wait until all is as it was.
    "test_recovery",
    "test_deployments",
    "test_missing_permissions",
    # Reads the complete logs of the databases, so it comes before the attacks, which fill them.
    "test_personal_data",
    # Kills a task as the README says, and does not wait until it is replaced: no test of single tasks
    # follows at once. It also prints dead letters and the last e-mails, before the attacks produce more of them.
    "test_readme",
    "test_authorisation",
    # These put forged messages on the topics, and dead letters with them.
    "test_attacks_on_events_and_grpc",
    "test_attacks_by_input",
    "test_attacks_on_accounts",
    "test_attacks_on_records",
    "test_attacks_on_tokens",
    # Replaces the signing key. The tokens of all people above stay valid, but the attacks sign with the current key.
    "test_key_rotation",
    # Fills the system with a clinic, after which all lists are longer.
    "test_demo",
)
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sorts the end-to-end tests by `ORDER`. The tests of other suites keep their places."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    unknown = {items[place].path.stem for place in places} - set(ORDER)
    if unknown:
        raise pytest.UsageError(f"tests/e2e/conftest.py: ORDER does not name {', '.join(sorted(unknown))}")
    ordered = sorted((items[place] for place in places), key=lambda item: ORDER.index(item.path.stem))
    for place, item in zip(places, ordered, strict=True):
        items[place] = item


@pytest.fixture(scope="session", autouse=True)
def system() -> None:
    """Fails at once when nothing is deployed."""
    if localstack.health() is None:
        pytest.fail(f"nothing answers on {settings.EDGE_URL}: make up", pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def reachable_tasks(system: None) -> Iterator[None]:
    """Lets this machine in at the tasks, whose security groups allow the gateway and other services only."""
    ec2, rules = aws.client("ec2"), []
    for service in aws.services():
        for group in service["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]:
            vpc = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["VpcId"]
            network = ip_network(ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["CidrBlock"])
            # Docker gives this machine the first address of a network.
            rule = {"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535}
            rules.append({"GroupId": group, "IpPermissions": [{**rule, "IpRanges": [{"CidrIp": f"{network[1]}/32"}]}]})
    for one in rules:
        ec2.authorize_security_group_ingress(**one)
    yield
    for one in rules:
        ec2.revoke_security_group_ingress(**one)


@pytest.fixture(scope="session")
def anybody() -> Iterator[httpx.Client]:
    """A client without a token."""
    with api.client() as http:
        yield http


@pytest.fixture(scope="session")
def admin(system: None) -> Iterator[Person]:
    with people.administrator() as person:
        yield person


@pytest.fixture(scope="session")
def staff(admin: Person) -> Iterator[Person]:
    with people.new_person(admin.http, roles=["STAFF"]) as person:
        yield person


@pytest.fixture(scope="session")
def doctor(admin: Person) -> Iterator[Person]:
    with people.new_person(admin.http, roles=["DOCTOR"]) as person:
        yield person


@pytest.fixture(scope="session")
def doctor_id(doctor: Person) -> str:
    return str(doctor.http.get("/auth/me").json()["id"])


@pytest.fixture
def clinic_patient(staff: Person) -> dict[str, Any]:
    """A new record that staff registered."""
    answer = staff.http.post("/api/patients", json=people.new_patient())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture
def patient(anybody: httpx.Client) -> Iterator[Person]:
    """Somebody with a new account, and the role that everybody gets."""
    with people.new_person(anybody) as person:
        yield person


@pytest.fixture(scope="session")
def somebody(anybody: httpx.Client) -> Iterator[Person]:
    """One PATIENT for all tests that change nothing of theirs."""
    with people.new_person(anybody) as person:
        yield person


@pytest.fixture(scope="module")
def tasks(system: None) -> dict[str, Task]:
    """A task of each service, for calls past the gateway."""
    return {name: Task.of(name) for name in aws.service_names()}


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    connection = brokers.connection()
    kafka = Kafka(ServiceSettings(service_name="e2e-tests", kafka_bootstrap_servers=connection["bootstrap_servers"]))
    producer, admin = await kafka.producer(**connection), AIOKafkaAdminClient(**connection)
    await admin.start()
    yield Broker(kafka, connection, producer, admin)
    await producer.stop()
    await admin.close()
