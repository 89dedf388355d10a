"""MSK with TLS: listeners that change on a running cluster, what tasks trust, and three brokers."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from botocore.credentials import Credentials
from live.test_kafka import kafka, subnets

from lab.ecs import Lab
from lab.errors import refused
from lab.kafka import active, consume, create_topic, delete, iam, new_name, produce, request, trusting
from lab.localstack import client, in_container, introspection

__all__ = ["kafka", "subnets"]

ROOT = Credentials("test", "test")
TLS = {"security_protocol": "SSL"}


def strings(kafka: Any, arn: str) -> dict[str, str]:
    """Returns the addresses of the brokers by the kind of log-in."""
    found = kafka.get_bootstrap_brokers(ClusterArn=arn)
    return {name.removeprefix("BootstrapBrokerString"): found[name] for name in found if name.startswith("Bootstrap")}


def update(kafka: Any, arn: str, **security: Any) -> None:
    version = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["CurrentVersion"]
    kafka.update_security(ClusterArn=arn, CurrentVersion=version, **security)
    active(kafka, arn)


def transit(client_broker: str) -> dict[str, Any]:
    return {"EncryptionInTransit": {"ClientBroker": client_broker}}


def sasl(**kinds: bool) -> dict[str, Any]:
    return {"Sasl": {name: {"Enabled": enabled} for name, enabled in kinds.items()}}


def test_a_running_cluster_gets_other_listeners(kafka: Any, subnets: list[str]) -> None:
    arn = kafka.create_cluster(ClusterName=new_name(), **request(subnets))["ClusterArn"]
    found, topic = active(kafka, arn), new_name()
    before = strings(kafka, arn)
    assert set(before) == {""}

    async def send(servers: str, value: bytes, **security: Any) -> None:
        await produce(servers, topic, [value], **security)

    asyncio.run(create_topic(before[""], topic))
    asyncio.run(send(before[""], b"one"))
    current = {"ClusterArn": arn, "CurrentVersion": found["CurrentVersion"]}
    refused(kafka.update_security, "BadRequestException", "PLAINTEXT", **current, ClientAuthentication=sasl(Iam=True))
    none = {**sasl(Iam=False), "Unauthenticated": {"Enabled": False}}
    refused(kafka.update_security, "BadRequestException", "at least one", **current, ClientAuthentication=none)
    every = {**sasl(Iam=True, Scram=True), "Unauthenticated": {"Enabled": True}}
    update(kafka, arn, EncryptionInfo=transit("TLS_PLAINTEXT"), ClientAuthentication=every)
    after = strings(kafka, arn)
    assert set(after) == {"", "Tls", "SaslScram", "SaslIam"}
    assert after[""] == before[""]
    asyncio.run(send(after[""], b"two"))
    asyncio.run(send(after["Tls"], b"three", **TLS, ssl_context=trusting()))
    asyncio.run(send(after["SaslIam"], b"four", **iam(ROOT)))
    update(kafka, arn, EncryptionInfo=transit("TLS"), ClientAuthentication=sasl(Iam=True))
    last = strings(kafka, arn)
    assert last == {"SaslIam": after["SaslIam"]}
    assert asyncio.run(consume(last["SaslIam"], topic, **iam(ROOT))) == [b"one", b"two", b"three", b"four"]
    info = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert info["ClientAuthentication"]["Sasl"]["Iam"] == {"Enabled": True}
    assert info["ClientAuthentication"]["Unauthenticated"] == {"Enabled": False}
    held = [purpose for purpose in introspection()["ports"].values() if arn.rsplit("/", 1)[1] in purpose]
    brokers = kafka.list_nodes(ClusterArn=arn)["NodeInfoList"]
    assert len(held) == len(brokers)
    delete(kafka, arn)


def test_tls_is_the_default(kafka: Any, subnets: list[str]) -> None:
    wanted = request(subnets)
    del wanted["EncryptionInfo"]
    arn = kafka.create_cluster(ClusterName=new_name(), **wanted)["ClusterArn"]
    active(kafka, arn)
    assert set(strings(kafka, arn)) == {"Tls"}
    servers, security = strings(kafka, arn)["Tls"], {**TLS, "ssl_context": trusting()}

    async def round_trip() -> list[bytes]:
        await create_topic(servers, "t", **security)
        await produce(servers, "t", [b"secret"], **security)
        return await consume(servers, "t", **security)

    assert asyncio.run(round_trip()) == [b"secret"]
    delete(kafka, arn)


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture
def reachable(lab: Lab) -> Iterator[dict[str, Any]]:
    """The network of brokers that the lab's tasks reach."""
    made = [
        lab.ec2.create_subnet(
            VpcId=lab.vpc, CidrBlock=f"{lab.subnet_prefix}{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in ((32, "a"), (33, "b"))
    ]
    yield {"InstanceType": "kafka.t3.small", "ClientSubnets": made, "SecurityGroups": [lab.group]}
    for subnet in made:
        lab.ec2.delete_subnet(SubnetId=subnet)


_CONNECT = """
import socket, ssl, sys
host, _, port = sys.argv[1].partition(":")
with socket.create_connection((host, int(port)), 10) as plain:
    with ssl.create_default_context().wrap_socket(plain, server_hostname=host) as connection:
        print("verified", connection.version())
"""


def test_tasks_trust_the_brokers_as_they_are(kafka: Any, lab: Lab, reachable: dict[str, Any]) -> None:
    wanted = request([], EncryptionInfo=transit("TLS"), BrokerNodeGroupInfo=reachable)
    arn = kafka.create_cluster(ClusterName=new_name(), **wanted)["ClusterArn"]
    active(kafka, arn)
    command = f"python3 -c '{_CONNECT}' {strings(kafka, arn)['Tls'].partition(',')[0]}"
    read_only = lab.container(command, readonlyRootFilesystem=True)
    own = lab.container(command, environment=[{"name": "SSL_CERT_FILE", "value": "/dev/null"}])
    tasks = [lab.run(lab.register(container)) for container in (read_only, own)]
    assert [lab.stopped(task)["containers"][0]["exitCode"] for task in tasks] == [0, 1]
    delete(kafka, arn)


def test_one_of_three_brokers_dies_and_nothing_is_lost(kafka: Any, subnets: list[str]) -> None:
    ec2 = client("ec2")
    vpc = ec2.describe_subnets(SubnetIds=subnets)["Subnets"][0]["VpcId"]
    third = ec2.create_subnet(VpcId=vpc, CidrBlock="10.62.2.0/24", AvailabilityZone="us-east-1c")["Subnet"]["SubnetId"]
    wanted = request([*subnets, third], EncryptionInfo=transit("TLS"), ClientAuthentication=sasl(Iam=True))
    arn = kafka.create_cluster(ClusterName=new_name(), **{**wanted, "NumberOfBrokerNodes": 3})["ClusterArn"]
    found, topic = active(kafka, arn), new_name()
    try:
        if "LocalBrokerLimit" in found.get("StateInfo", {}).get("Code", ""):
            pytest.skip("this LocalStack runs fewer brokers: ENGINES_KAFKA_MAX_BROKERS")
        servers = strings(kafka, arn)["SaslIam"]
        assert len(set(servers.split(","))) == 3

        async def run() -> list[bytes]:
            await create_topic(servers, topic, replicas=3, **iam(ROOT))
            async with AIOKafkaProducer(bootstrap_servers=servers, acks="all", **iam(ROOT)) as producer:
                for number in range(60):
                    if number == 20:
                        [partition] = kafka.describe_topic_partitions(ClusterArn=arn, TopicName=topic)["Partitions"]
                        assert sorted(partition["Isr"]) == [1, 2, 3]
                        leader = f"{arn.rsplit('/', 1)[1]}/{partition['Leader']}/server.properties"
                        await asyncio.to_thread(in_container, "pkill", "-9", "-f", leader)
                    await producer.send_and_wait(topic, str(number).encode())
            return await consume(servers, topic, **iam(ROOT))

        # A message that was sent twice, because the answer to it was lost, is no loss.
        assert set(asyncio.run(run())) == {str(number).encode() for number in range(60)}
        active(kafka, arn)
    finally:
        delete(kafka, arn)
        ec2.delete_subnet(SubnetId=third)
