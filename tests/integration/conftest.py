"""PostgreSQL, Kafka and KMS of the running LocalStack for the services' tests, created through AWS's APIs.

Without LocalStack, the environment variables TEST_DATABASE_URL (of a superuser,
`postgresql://user:password@host:port/database`) and TEST_KAFKA_BOOTSTRAP name other servers.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import asyncpg
import grpc
import httpx
import pytest
from botocore.exceptions import ClientError
from fastapi import FastAPI
from sqlalchemy import make_url

from lab.waiting import until
from services.common.commands.migrate import migrate
from services.common.messaging.kafka import Kafka
from services.common.rpc.server import Server
from services.common.runtime import Runtime
from services.common.settings import ServiceSettings
from services.contracts.roles import Role
from services.contracts.signing_keys import SigningAliases
from tests.integration.callers import Caller
from tests.support import aws
from tests.support.application import running
from tests.support.issuer import ISSUER, TestIssuer

INSTANCE, CLUSTER, PASSWORD = "pms-test", "pms-test", "integration-tests"
DatabaseUrl = Callable[[str], Awaitable[str]]
MakeSettings = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The URL of a PostgreSQL server on which tests may create databases."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    rds = aws.client("rds")
    about = {"DBInstanceClass": "db.t4g.micro", "Engine": "postgres", "EngineVersion": "17", "AllocatedStorage": 20}
    login = {"MasterUsername": "postgres", "MasterUserPassword": PASSWORD}
    with suppress(rds.exceptions.DBInstanceAlreadyExistsFault):  # left by an interrupted run
        rds.create_db_instance(DBInstanceIdentifier=INSTANCE, **about, **login)

    def available() -> dict[str, Any] | None:
        found = rds.describe_db_instances(DBInstanceIdentifier=INSTANCE)["DBInstances"][0]
        return found["Endpoint"] if found["DBInstanceStatus"] == "available" else None

    endpoint = until("the database server", available)
    yield f"postgresql://postgres:{PASSWORD}@{endpoint['Address']}:{endpoint['Port']}/postgres"
    rds.delete_db_instance(DBInstanceIdentifier=INSTANCE, SkipFinalSnapshot=True)


@pytest.fixture(scope="session")
def kafka_bootstrap() -> Iterator[str]:
    """The address of a Kafka cluster that no deployed service reads."""
    given = os.environ.get("TEST_KAFKA_BOOTSTRAP")
    if given:
        yield given
        return
    arn = _create_cluster(aws.client("kafka"))
    kafka = aws.client("kafka")
    until("the broker", lambda: kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "ACTIVE")
    yield kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerString"]
    kafka.delete_cluster(ClusterArn=arn)


def _create_cluster(kafka: Any) -> str:
    left = kafka.list_clusters(ClusterNameFilter=CLUSTER)["ClusterInfoList"]
    if left:  # an interrupted run did not delete it
        return str(left[0]["ClusterArn"])
    zones = [{"Name": "default-for-az", "Values": ["true"]}]  # MSK demands one for each zone
    subnets = [subnet["SubnetId"] for subnet in aws.client("ec2").describe_subnets(Filters=zones)["Subnets"]][:2]
    nodes = {"InstanceType": "kafka.t3.small", "ClientSubnets": subnets, "SecurityGroups": []}
    encryption = {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}}
    made = kafka.create_cluster(
        ClusterName=CLUSTER,
        KafkaVersion="4.1.x.kraft",
        NumberOfBrokerNodes=len(subnets),
        BrokerNodeGroupInfo=nodes,
        EncryptionInfo=encryption,
        ClientAuthentication={"Unauthenticated": {"Enabled": True}},
    )
    return str(made["ClusterArn"])


@pytest.fixture(scope="session")
def signing_alias() -> Iterator[str]:
    """The alias of an RSA key in KMS, which the aliases of a rotation point to as well."""
    with signing_aliases() as aliases:
        yield aliases.current


@pytest.fixture(scope="session")
def sealing_key() -> Iterator[str]:
    """The id of a key in KMS that encrypts secrets between services."""
    kms = aws.client("kms")
    key = str(kms.create_key()["KeyMetadata"]["KeyId"])
    yield key
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)


@contextmanager
def signing_aliases() -> Iterator[SigningAliases]:
    """Makes the aliases of the signing keys as the CDK app does. Deletes them and their keys at the end."""
    kms, aliases = aws.client("kms"), SigningAliases(f"alias/test-{uuid.uuid4().hex[:12]}-signing")
    key = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    for alias in aliases:
        kms.create_alias(AliasName=alias, TargetKeyId=key)
    yield aliases
    try:
        keys = {key, *(kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"] for alias in aliases)}
        for alias in aliases:
            kms.delete_alias(AliasName=alias)
        for each in keys:
            kms.schedule_key_deletion(KeyId=each, PendingWindowInDays=7)
    except ClientError as error:
        print(f"cleanup: {error}")


@pytest.fixture(scope="session")
def _templates(database_server: str) -> Iterator[dict[str, str]]:
    """Migrated databases by service. Each test copies one, because a migration takes longer than most tests."""
    templates: dict[str, str] = {}
    yield templates
    for name in templates.values():
        asyncio.run(_administer(database_server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture
async def database_url(database_server: str, _templates: dict[str, str]) -> AsyncIterator[DatabaseUrl]:
    """`await database_url("patient")` returns the URL of a migrated database that only this test uses."""
    made: list[str] = []

    async def create(service: str) -> str:
        if service not in _templates:
            _templates[service] = await _template(database_server, service)
        name = f"test_{service}_{uuid.uuid4().hex[:12]}"
        await _administer(database_server, f'CREATE DATABASE "{name}" TEMPLATE "{_templates[service]}"')
        made.append(name)
        return _with_database(database_server, name)

    yield create
    for name in made:
        await _administer(database_server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def _template(server: str, service: str) -> str:
    name = f"template_{service}_{uuid.uuid4().hex[:12]}"
    await _administer(server, f'CREATE DATABASE "{name}"')
    await migrate(settings_of(_with_database(server, name), ServiceSettings, service_name=service))
    return name


async def _administer(server: str, statement: str) -> None:
    connection = await asyncpg.connect(server)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _with_database(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def settings_of(url: str, kind: type[Any], **more: Any) -> Any:
    """Returns the settings of a service whose database is at `url`."""
    parts = make_url(url)
    return kind(
        database_host=parts.host,
        database_port=parts.port or 5432,
        database_name=parts.database,
        database_username=parts.username,
        database_password=parts.password or "",
        grpc_port=0,
        **more,
    )


@pytest.fixture
async def settings_without_broker(database_url: DatabaseUrl) -> MakeSettings:
    """`await settings_without_broker("auth", AuthSettings, ...)` returns settings with a fresh database.

    There is no broker, so events stay in the outbox.
    """

    async def make(service: str, kind: type[Any] = ServiceSettings, **more: Any) -> Any:
        url = await database_url(service)
        defaults = {
            "service_name": service,
            "kafka_bootstrap_servers": "127.0.0.1:1",
            "jwt_issuer": ISSUER,
        }
        return settings_of(url, kind, **{**defaults, **more})

    return make


@pytest.fixture
async def service_settings(settings_without_broker: MakeSettings, kafka_bootstrap: str) -> MakeSettings:
    """`await service_settings("auth", AuthSettings, ...)` returns settings with a fresh database and a broker."""

    async def make(service: str, kind: type[Any] = ServiceSettings, **more: Any) -> Any:
        return await settings_without_broker(service, kind, **{"kafka_bootstrap_servers": kafka_bootstrap, **more})

    return make


@pytest.fixture(scope="session")
def issuer() -> TestIssuer:
    return TestIssuer()


@pytest.fixture
async def settings(app: FastAPI, settings_without_broker: MakeSettings) -> Any:
    """The settings of the service. A service's conftest.py may replace them, for example to have a broker."""
    definition = app.state.definition
    return await settings_without_broker(definition.name, definition.settings, idempotency_wait_seconds=60)


@pytest.fixture
async def client(app: FastAPI, settings: Any, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the whole application, which is running. The service's conftest.py has `app`."""
    async with running(app, settings, issuer=issuer) as client:
        yield client


@pytest.fixture
def runtime(app: FastAPI, client: httpx.AsyncClient) -> Runtime[Any, Any]:
    running_now: Runtime[Any, Any] = app.state.runtime
    return running_now


@pytest.fixture
async def channel(app: FastAPI, runtime: Runtime[Any, Any]) -> AsyncIterator[grpc.aio.Channel]:
    """A channel to the service's gRPC server, over a socket."""
    server = Server(runtime.tokens, 0)
    app.state.definition.grpc_services(server.grpc, runtime)
    await server.start()
    async with grpc.aio.insecure_channel(f"localhost:{server.port}") as channel:
        yield channel
    await server.stop(0)


@pytest.fixture(scope="session")
def base_path() -> str:
    """The beginning of all paths that callers request. A service's conftest.py may replace it."""
    return ""


@pytest.fixture(scope="session")
def caller_type() -> type[Caller]:
    """The class of the callers. A service's conftest.py may replace it by a subclass."""
    return Caller


@pytest.fixture
def caller(
    client: httpx.AsyncClient, issuer: TestIssuer, caller_type: type[Caller], base_path: str
) -> Callable[..., Any]:
    """`caller(Role.STAFF)` returns somebody with a token of that role."""

    def make(*roles: Role, user_id: uuid.UUID | None = None) -> Caller:
        subject = user_id or uuid.uuid4()
        return caller_type(client, subject, issuer.bearer(*roles, subject=subject), base_path)

    return make


@pytest.fixture
def staff(caller: Callable[..., Any]) -> Any:
    return caller(Role.STAFF)


@pytest.fixture
def patient_user(caller: Callable[..., Any]) -> Any:
    return caller(Role.PATIENT)


@pytest.fixture
async def kafka(kafka_bootstrap: str) -> Kafka:
    """Makes the test's own producers and consumers."""
    return Kafka(ServiceSettings(service_name="test", kafka_bootstrap_servers=kafka_bootstrap))
