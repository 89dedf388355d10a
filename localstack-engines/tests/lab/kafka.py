"""MSK clusters, and clients of them."""

import asyncio
import base64
import logging
import ssl
import uuid
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import AbstractTokenProvider
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from lab.localstack import REGION, in_container
from lab.waiting import until


def new_name() -> str:
    return f"test-{uuid.uuid4().hex[:8]}"


def request(subnets: list[str], **options: Any) -> dict[str, Any]:
    return {
        "KafkaVersion": "4.1.x.kraft",
        "NumberOfBrokerNodes": 2,
        "BrokerNodeGroupInfo": {"InstanceType": "kafka.t3.small", "ClientSubnets": subnets},
        "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}},
        **options,
    }


def active(kafka: Any, arn: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found = kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]
        assert found["State"] != "FAILED", found["StateInfo"]
        return found if found["State"] == "ACTIVE" else None

    return until("ACTIVE", reached, seconds=120)


def delete(kafka: Any, arn: str) -> None:
    assert kafka.delete_cluster(ClusterArn=arn)["State"] == "DELETING"

    def gone() -> bool:
        try:
            kafka.describe_cluster(ClusterArn=arn)
        except kafka.exceptions.NotFoundException:
            return True
        return False

    until("the deletion", gone)


def bootstrap(kafka: Any, cluster: dict[str, Any]) -> str:
    return str(kafka.get_bootstrap_brokers(ClusterArn=cluster["ClusterArn"])["BootstrapBrokerString"])


async def create_topic(servers: str, name: str, replicas: int = 1, **security: Any) -> int:
    """Creates a topic with one partition. Returns Kafka's error code, which is 0 for none."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, **security)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(name, num_partitions=1, replication_factor=replicas)])
        return int(answer.topic_errors[0][1])
    finally:
        await admin.close()


async def produce(servers: str, topic: str, values: list[bytes], **security: Any) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers, acks="all", enable_idempotence=True, **security)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def consume(servers: str, topic: str, **security: Any) -> list[bytes]:
    """Returns all messages that are in the topic's first partition now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", **security)
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        end = (await consumer.end_offsets([partition]))[partition]
        found: list[bytes] = []
        while len(found) < end:
            found += [
                record.value for records in (await consumer.getmany(timeout_ms=500)).values() for record in records
            ]
        return found
    finally:
        await consumer.stop()


async def consume_in_group(servers: str, topic: str, group: str, count: int, **security: Any) -> list[bytes]:
    """Returns the first messages of the topic, read and committed as a member of a group."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=servers, group_id=group, auto_offset_reset="earliest", **security
    )
    await consumer.start()
    try:
        found = [(await consumer.getone()).value for _ in range(count)]
        await consumer.commit()
        return found
    finally:
        await consumer.stop()


def broker_setting(servers: str, name: str) -> str:
    async def read() -> str:
        admin = AIOKafkaAdminClient(bootstrap_servers=servers)
        await admin.start()
        try:
            [response] = await admin.describe_configs([ConfigResource(ConfigResourceType.BROKER, "1")])
            return next(entry[1] for resource in response.resources for entry in resource[4] if entry[0] == name)
        finally:
            await admin.close()

    return asyncio.run(read())


async def refusal(servers: str, **security: Any) -> str:
    """Returns why a client cannot log in. aiokafka writes it to its log and raises another error."""
    reasons: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: reasons.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("aiokafka")
    log.addHandler(handler)
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, **security)
    try:
        with pytest.raises(KafkaConnectionError):
            await admin.start()
    finally:
        log.removeHandler(handler)
        await admin.close()
    return "".join(reasons)


def trusting() -> ssl.SSLContext:
    """Returns settings of TLS that trust the certificate of the engines, and no other."""
    return ssl.create_default_context(cadata=in_container("cat", "/var/lib/localstack/engines/tls/server.crt"))


def presigned(credentials: Credentials, host: str, region: str = REGION, action: str = "kafka-cluster:Connect") -> str:
    """Returns the URL with which AWS's clients log in to MSK."""
    request = AWSRequest("GET", f"https://{host}/", params={"Action": action})
    SigV4QueryAuth(credentials, "kafka-cluster", region, expires=900).add_auth(request)
    return str(request.prepare().url)


class Tokens(AbstractTokenProvider):  # type: ignore[misc]
    """Makes tokens for SASL/OAUTHBEARER from an access key."""

    def __init__(self, credentials: Credentials, region: str = REGION) -> None:
        self._credentials = credentials
        self._region = region

    async def token(self) -> str:
        url = presigned(self._credentials, f"kafka.{self._region}.amazonaws.com", self._region)
        return base64.urlsafe_b64encode(f"{url}&User-Agent=test".encode()).rstrip(b"=").decode()


def iam(credentials: Credentials, **options: Any) -> dict[str, Any]:
    """Returns the settings of a client that logs in with IAM."""
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "OAUTHBEARER",
        "sasl_oauth_token_provider": Tokens(credentials, **options),
        "ssl_context": trusting(),
    }


def scram(user: str, password: str) -> dict[str, Any]:
    """Returns the settings of a client that logs in with a password."""
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user,
        "sasl_plain_password": password,
        "ssl_context": trusting(),
    }
