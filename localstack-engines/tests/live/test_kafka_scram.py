"""MSK with SASL/SCRAM: the users are in secrets that are associated with the cluster."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.errors import TopicAuthorizationFailedError
from live.test_kafka import kafka, subnets

from lab.errors import refused
from lab.kafka import active, consume, create_topic, delete, new_name, produce, refusal, request, scram
from lab.localstack import client, in_container
from lab.stacks import DeployFailed, Stack

__all__ = ["kafka", "subnets"]

TLS = {"EncryptionInTransit": {"ClientBroker": "TLS"}}
SCRAM = {"Sasl": {"Scram": {"Enabled": True}}}
# The client of these tests has no requests for ACLs.
_ALLOW_ANOTHER = """
import sys
from kafka.admin import ACL, ACLOperation, ACLPermissionType, KafkaAdminClient, ResourcePattern, ResourceType

servers, user, topic = sys.argv[1:]
admin = KafkaAdminClient(
    bootstrap_servers=servers,
    security_protocol="SASL_SSL",
    sasl_mechanism="SCRAM-SHA-512",
    sasl_plain_username=user,
    sasl_plain_password="first",
    ssl_cafile="/var/lib/localstack/engines/tls/server.crt",
)
pattern = ResourcePattern(ResourceType.TOPIC, topic)
made = admin.create_acls([ACL("User:another", "*", ACLOperation.ALL, ACLPermissionType.ALLOW, pattern)])
assert not made["failed"], made
"""


@pytest.fixture(scope="module")
def key() -> str:
    return str(client("kms").create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture(scope="module")
def cluster(kafka: Any, subnets: list[str]) -> Iterator[str]:
    wanted = request(subnets, EncryptionInfo=TLS, ClientAuthentication=SCRAM)
    arn = kafka.create_cluster(ClusterName=new_name(), **wanted)["ClusterArn"]
    active(kafka, arn)
    yield arn
    delete(kafka, arn)


@pytest.fixture
def secret(key: str) -> Iterator[str]:
    """The ARN of a secret with the password `first` of a user with the secret's name."""
    secrets, name = client("secretsmanager"), f"AmazonMSK_{new_name()}"
    value = json.dumps({"username": name, "password": "first"})
    yield secrets.create_secret(Name=name, KmsKeyId=key, SecretString=value)["ARN"]
    secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)


def user_of(secret: str) -> str:
    return str(client("secretsmanager").describe_secret(SecretId=secret)["Name"])


def brokers(kafka: Any, cluster: str) -> str:
    found = kafka.get_bootstrap_brokers(ClusterArn=cluster)
    assert {name for name in found if name.startswith("Bootstrap")} == {"BootstrapBrokerStringSaslScram"}
    return str(found["BootstrapBrokerStringSaslScram"])


def associate(kafka: Any, cluster: str, secret: str) -> None:
    assert (
        kafka.batch_associate_scram_secret(ClusterArn=cluster, SecretArnList=[secret])["UnprocessedScramSecrets"] == []
    )


async def assert_no_access(servers: str, user: str, password: str) -> None:
    assert "SaslAuthenticationFailed" in await refusal(servers, **scram(user, password))


def test_a_user_of_an_associated_secret_logs_in(kafka: Any, cluster: str, secret: str) -> None:
    servers, user, topic = brokers(kafka, cluster), user_of(secret), new_name()
    asyncio.run(assert_no_access(servers, user, "first"))
    associate(kafka, cluster, secret)
    assert kafka.list_scram_secrets(ClusterArn=cluster)["SecretArnList"] == [secret]

    def change_password() -> None:
        new = json.dumps({"username": user, "password": "second"})
        client("secretsmanager").put_secret_value(SecretId=secret, SecretString=new)

    async def run() -> None:
        await create_topic(servers, topic, **scram(user, "first"))
        await produce(servers, topic, [b"one"], **scram(user, "first"))
        await assert_no_access(servers, user, "second")
        await asyncio.to_thread(change_password)
        await produce(servers, topic, [b"two"], **scram(user, "second"))
        assert await consume(servers, topic, **scram(user, "second")) == [b"one", b"two"]
        await assert_no_access(servers, user, "first")

    asyncio.run(run())
    kafka.batch_disassociate_scram_secret(ClusterArn=cluster, SecretArnList=[secret])
    asyncio.run(assert_no_access(servers, user, "second"))
    assert kafka.list_scram_secrets(ClusterArn=cluster)["SecretArnList"] == []


def test_acls_of_kafka_hold_for_users(kafka: Any, cluster: str, secret: str) -> None:
    servers, user, topic = brokers(kafka, cluster), user_of(secret), new_name()
    associate(kafka, cluster, secret)

    async def run() -> None:
        await create_topic(servers, topic, **scram(user, "first"))
        await produce(servers, topic, [b"before"], **scram(user, "first"))
        await asyncio.to_thread(in_container, "python", "-c", _ALLOW_ANOTHER, servers, user, topic)
        with pytest.raises(TopicAuthorizationFailedError):
            await produce(servers, topic, [b"after"], **scram(user, "first"))

    asyncio.run(run())
    kafka.batch_disassociate_scram_secret(ClusterArn=cluster, SecretArnList=[secret])


def test_a_template_associates_secrets(kafka: Any, cluster: str, secret: str, key: str, stack: Stack) -> None:
    name = f"AmazonMSK_{new_name()}"
    value = json.dumps({"username": name, "password": "p"})
    own = {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": name, "KmsKeyId": key, "SecretString": value}}

    def deploy(*secrets: Any) -> None:
        users = {"ClusterArn": cluster, "SecretArnList": list(secrets)}
        stack.deploy({"Secret": own, "Users": {"Type": "AWS::MSK::BatchScramSecret", "Properties": users}})

    def associated() -> list[str]:
        return list(kafka.list_scram_secrets(ClusterArn=cluster)["SecretArnList"])

    deploy({"Ref": "Secret"}, secret)
    mine = stack.physical_id("Secret")
    assert sorted(associated()) == sorted([mine, secret])
    deploy({"Ref": "Secret"})
    assert associated() == [mine]
    with pytest.raises(DeployFailed, match="able to access the provided secret"):
        deploy({"Ref": "Secret"}, f"{secret}-none")
    assert associated() == [mine]
    stack.delete()
    assert associated() == []


def test_secrets_that_cannot_be_used_are_named(kafka: Any, cluster: str, key: str) -> None:
    secrets, name = client("secretsmanager"), new_name()
    value = json.dumps({"username": "u", "password": "p"})
    wrong = {
        "prefix 'AmazonMSK_'": {"Name": name, "KmsKeyId": key, "SecretString": value},
        "default key": {"Name": f"AmazonMSK_{name}", "SecretString": value},
        "username and a password": {"Name": f"AmazonMSK_{name}-2", "KmsKeyId": key, "SecretString": '{"username":"u"}'},
    }
    arns = {secrets.create_secret(**wanted)["ARN"]: message for message, wanted in wrong.items()}
    arns[next(iter(arns)).replace(f":secret:{name}", ":secret:AmazonMSK_none")] = "wasn't able to access"
    arns["arn:aws:sns:us-east-1:000000000000:t"] = "not valid"
    failures = kafka.batch_associate_scram_secret(ClusterArn=cluster, SecretArnList=list(arns))[
        "UnprocessedScramSecrets"
    ]
    assert [failure["SecretArn"] for failure in failures] == list(arns)
    for failure in failures:
        assert failure["ErrorCode"] == "InvalidSecretArn"
        assert arns[failure["SecretArn"]] in failure["ErrorMessage"]
    assert kafka.list_scram_secrets(ClusterArn=cluster)["SecretArnList"] == []
    unknown = kafka.batch_disassociate_scram_secret(ClusterArn=cluster, SecretArnList=list(arns)[:1])
    assert "not associated" in unknown["UnprocessedScramSecrets"][0]["ErrorMessage"]
    refused(kafka.batch_associate_scram_secret, "BadRequestException", "1 to 10", ClusterArn=cluster, SecretArnList=[])
    for wanted in wrong.values():
        secrets.delete_secret(SecretId=wanted["Name"], ForceDeleteWithoutRecovery=True)
