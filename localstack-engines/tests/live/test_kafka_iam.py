"""MSK with IAM: tokens of SASL/OAUTHBEARER and signed requests of AWS_MSK_IAM, and policies that decide."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
)
from botocore.credentials import Credentials
from live.test_kafka import kafka, subnets

from lab.kafka import (
    active,
    consume,
    consume_in_group,
    create_topic,
    delete,
    iam,
    new_name,
    produce,
    refusal,
    request,
)
from lab.kafka_sasl import authenticate, payload
from lab.localstack import client
from lab.waiting import eventually

__all__ = ["kafka", "subnets"]

ROOT = Credentials("test", "test")
TRUST = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module")
def cluster(kafka: Any, subnets: list[str]) -> Iterator[str]:
    encryption = {"EncryptionInTransit": {"ClientBroker": "TLS"}}
    wanted = request(subnets, EncryptionInfo=encryption, ClientAuthentication={"Sasl": {"Iam": {"Enabled": True}}})
    arn = kafka.create_cluster(ClusterName=new_name(), **wanted)["ClusterArn"]
    active(kafka, arn)
    yield arn
    delete(kafka, arn)


@pytest.fixture(scope="module")
def servers(kafka: Any, cluster: str) -> str:
    found = kafka.get_bootstrap_brokers(ClusterArn=cluster)
    assert {name for name in found if name.startswith("Bootstrap")} == {"BootstrapBrokerStringSaslIam"}
    return str(found["BootstrapBrokerStringSaslIam"])


@pytest.fixture
def role() -> Iterator[str]:
    roles, name = client("iam"), new_name()
    roles.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(TRUST))
    yield name
    roles.delete_role_policy(RoleName=name, PolicyName="p")
    roles.delete_role(RoleName=name)


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(role: str, permissions: dict[str, list[str]]) -> None:
    """Allows the role these actions of `kafka-cluster`, by the ARN of their resource."""
    statements = [
        {"Effect": "Allow", "Action": [f"kafka-cluster:{action}" for action in actions], "Resource": arn}
        for arn, actions in permissions.items()
    ]
    client("iam").put_role_policy(RoleName=role, PolicyName="p", PolicyDocument=_policy(*statements))


def session(role: str) -> Credentials:
    arn = f"arn:aws:iam::000000000000:role/{role}"
    made = client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def resource(cluster: str, kind: str, name: str) -> str:
    return f"{cluster.replace(':cluster/', f':{kind}/')}/{name}"


def writer(cluster: str, role: str) -> tuple[str, str, dict[str, Any]]:
    """Returns a topic, its ARN, and the settings of a client that may create the topic and write to it."""
    topic = new_name()
    arn = resource(cluster, "topic", topic)
    allow(role, {cluster: ["Connect"], arn: ["CreateTopic", "DescribeTopic", "WriteData"]})
    return topic, arn, iam(session(role))


def test_a_role_may_do_what_its_policy_allows(cluster: str, servers: str, role: str) -> None:
    mine, other, group = new_name(), new_name(), new_name()
    allow(
        role,
        {
            cluster: ["Connect", "WriteDataIdempotently"],
            resource(cluster, "topic", mine): ["CreateTopic", "DescribeTopic", "WriteData", "ReadData"],
            resource(cluster, "topic", other): ["DescribeTopic", "WriteData"],
            resource(cluster, "group", group): ["AlterGroup", "DescribeGroup"],
        },
    )
    security = iam(session(role))

    async def run() -> None:
        await create_topic(servers, other, **iam(ROOT))
        await create_topic(servers, mine, **security)
        await produce(servers, mine, [b"one", b"two"], **security)
        assert await consume_in_group(servers, mine, group, count=2, **security) == [b"one", b"two"]
        await produce(servers, other, [b"one"], **security)
        with pytest.raises(TopicAuthorizationFailedError):
            await consume(servers, other, **security)
        with pytest.raises(GroupAuthorizationFailedError):
            await consume_in_group(servers, mine, f"{group}-2", count=1, **security)
        with pytest.raises(TopicAuthorizationFailedError):
            await produce(servers, new_name(), [b""], **security)
        assert await create_topic(servers, new_name(), **security) == TopicAuthorizationFailedError.errno

    asyncio.run(run())


def test_a_change_of_a_policy_has_effect_on_open_connections(cluster: str, servers: str, role: str) -> None:
    topic, arn, security = writer(cluster, role)

    async def run() -> None:
        await create_topic(servers, topic, **security)
        async with AIOKafkaProducer(bootstrap_servers=servers, acks="all", **security) as producer:
            await producer.send_and_wait(topic, b"allowed")
            await asyncio.to_thread(allow, role, {cluster: ["Connect"], arn: ["DescribeTopic"]})

            async def is_denied() -> bool:
                try:
                    await producer.send_and_wait(topic, b"now and then")
                except TopicAuthorizationFailedError:
                    return True
                return False

            await eventually("the denial", is_denied, seconds=20)

    asyncio.run(run())


def test_an_idempotent_producer_needs_its_own_permission(cluster: str, servers: str, role: str) -> None:
    topic, _, security = writer(cluster, role)

    async def run() -> None:
        await create_topic(servers, topic, **security)
        with pytest.raises(ClusterAuthorizationFailedError):
            await produce(servers, topic, [b""], **security)

    asyncio.run(run())


def test_log_ins_that_do_not_fit_are_refused(cluster: str, servers: str, role: str) -> None:
    allow(role, {resource(cluster, "topic", "*"): ["*"]})
    own = session(role)
    stolen = Credentials(own.access_key, "another", own.token)
    unknown = Credentials("AKIAIOSFODNN7EXAMPLE", "test")

    async def run() -> None:
        assert "is not authorized to perform kafka-cluster:Connect" in await refusal(servers, **iam(own))
        assert "signature does not match" in await refusal(servers, **iam(stolen))
        assert "security token included in the request is invalid" in await refusal(servers, **iam(unknown))
        other = Credentials("111122223333", "test")
        assert "is not in the cluster's account" in await refusal(servers, **iam(other))
        assert "not for MSK in us-east-1" in await refusal(servers, **iam(ROOT, region="eu-west-1"))

    asyncio.run(run())


def test_clients_of_java_log_in_with_a_signed_request(cluster: str, servers: str, role: str) -> None:
    host = servers.partition(":")[0]
    allow(role, {cluster: ["Connect"]})
    error, message, answer = authenticate(servers, "AWS_MSK_IAM", payload(session(role), host))
    assert (error, message) == (0, "")
    assert json.loads(answer)["version"] == "2020_10_22"
    assert json.loads(answer)["request-id"]
    for credentials, name, action, reason in (
        (Credentials("test", "wrong"), host, "kafka-cluster:Connect", "signature does not match"),
        (ROOT, "example.com", "kafka-cluster:Connect", "another host"),
        (ROOT, host, "kafka-cluster:Other", "Action"),
    ):
        error, message, _ = authenticate(servers, "AWS_MSK_IAM", payload(credentials, name, action))
        assert error == 58
        assert reason in message
    for malformed in (b"", b"[]", b"{", b'{"version": "2020_10_22"}', b"\x00" * 100):
        error, _, _ = authenticate(servers, "AWS_MSK_IAM", malformed)
        assert error == 58


def test_a_client_logs_in_again_with_new_keys_of_its_role(cluster: str, servers: str, role: str) -> None:
    """A task gets other access keys every half hour, and keeps its connections (KIP-368)."""
    host = servers.partition(":")[0]
    allow(role, {cluster: ["Connect"]})
    first, second = (payload(session(role), host) for _ in range(2))
    assert authenticate(servers, "AWS_MSK_IAM", first, second)[:2] == (0, "")
    error, message, _ = authenticate(servers, "AWS_MSK_IAM", first, payload(ROOT, host))
    assert error == 58
    assert "Cannot change principals" in message
