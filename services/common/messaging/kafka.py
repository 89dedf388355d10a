"""Clients of the Kafka cluster: finds the brokers, logs in and creates topics."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import zlib
from collections.abc import Iterable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import (
    CorruptRecordException,
    KafkaError,
    TopicAlreadyExistsError,
    UnsupportedCodecError,
    for_code,
)

from services.common.aws import Aws, AwsError
from services.common.backoff import Backoff
from services.common.logs import describe, logger
from services.common.settings import KafkaSecurity, ServiceSettings
from services.contracts.topics import DLQ_PARTITIONS, Topic

_BOOTSTRAP_FIELD = {
    KafkaSecurity.PLAINTEXT: "bootstrapBrokerString",
    KafkaSecurity.TLS: "bootstrapBrokerStringTls",
    KafkaSecurity.SASL_IAM: "bootstrapBrokerStringSaslIam",
}

START_SECONDS = 60.0
STOP_SECONDS = 10.0

UNREADABLE = (CorruptRecordException, UnsupportedCodecError, ValueError, EOFError, zlib.error, gzip.BadGzipFile)
"""What a consumer raises for a record that aiokafka cannot parse, for example one with a header whose name is not
UTF-8. It raises the same for each further try, until the consumer seeks past the record."""


class Kafka:
    """Makes producers and consumers with safe settings; aiokafka's defaults can lose or repeat messages."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._bootstrap = settings.kafka_bootstrap_servers
        self._lock = asyncio.Lock()
        self.reached = False
        """Whether a broker has answered at least once."""
        self._stopping: set[asyncio.Task[None]] = set()

    async def bootstrap_servers(self) -> str:
        """Returns the brokers' addresses. `AWS::MSK::Cluster` has no attribute for them, so it asks MSK."""
        async with self._lock:
            while not self._bootstrap:
                self._bootstrap = await self._ask_msk()
        return self._bootstrap

    async def forget_brokers(self) -> None:
        """Makes the next call ask MSK again: a cluster that was created again has other addresses."""
        self._bootstrap = self._settings.kafka_bootstrap_servers

    async def producer(self, **options: Any) -> AIOKafkaProducer:
        """Returns a started producer. With `acks=all` and idempotence, retries neither lose, repeat nor reorder."""
        defaults = {"acks": "all", "enable_idempotence": True, "linger_ms": 2, "request_timeout_ms": 15_000}
        producer = AIOKafkaProducer(**{**await self._connection(), **defaults, **options})
        await self._start(producer)
        return producer

    async def consumer(self, *topics: str, group: str | None, **options: Any) -> AIOKafkaConsumer:
        """Returns a started consumer without automatic commits, which begins with the oldest message."""
        defaults: dict[str, Any] = {
            "enable_auto_commit": False,
            "auto_offset_reset": "earliest",
            "isolation_level": "read_committed",
            "session_timeout_ms": 15_000,
            "heartbeat_interval_ms": 3_000,
            "max_partition_fetch_bytes": 2 * 1024 * 1024,
        }
        consumer = AIOKafkaConsumer(*topics, group_id=group, **{**await self._connection(), **defaults, **options})
        await self._start(consumer)
        return consumer

    async def stop(self, client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
        """Stops a client, and waits for it at most STOP_SECONDS: it may wait for a broker that is away.

        After that it goes on stopping in the background. If it was cancelled, a consumer would keep its partitions.
        """
        stopping = asyncio.create_task(client.stop())
        self._stopping.add(stopping)
        stopping.add_done_callback(self._stopped)
        await asyncio.wait({stopping}, timeout=STOP_SECONDS)

    def _stopped(self, task: asyncio.Task[None]) -> None:
        self._stopping.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger(__name__).warning("client_not_stopped", **describe(error))

    async def ensure_topics(self, topics: Iterable[Topic]) -> None:
        """Creates missing topics and their dead-letter topics. MSK does not create topics by itself."""
        wanted = {topic.name: topic.partitions for topic in topics}
        wanted |= {topic.dlq: DLQ_PARTITIONS for topic in topics}
        admin = AIOKafkaAdminClient(**await self._connection(), request_timeout_ms=15_000)
        await self._start(admin, stop=admin.close)
        try:
            missing = wanted.keys() - set(await admin.list_topics())
            if missing:
                brokers = len((await admin.describe_cluster())["brokers"])
                replicas = min(self._settings.kafka_replication_factor, brokers)
                answer = await admin.create_topics([NewTopic(name, wanted[name], replicas) for name in sorted(missing)])
                _raise_unless_created(answer.topic_errors)
        finally:
            await admin.close()

    async def _start(self, client: Any, stop: Any = None) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await client.start()
            self.reached = True
        except BaseException as error:
            await (stop() if stop else self.stop(client))
            if isinstance(error, KafkaError | TimeoutError):
                await self.forget_brokers()
            raise

    async def _connection(self) -> dict[str, Any]:
        security = self._settings.kafka_security
        common = {
            "bootstrap_servers": await self.bootstrap_servers(),
            "client_id": f"pms-{self._settings.service_name}",
            "metadata_max_age_ms": 30_000,
        }
        if security is KafkaSecurity.PLAINTEXT:
            return common
        common["ssl_context"] = ssl.create_default_context()
        if security is KafkaSecurity.TLS:
            return {**common, "security_protocol": "SSL"}
        from services.common.messaging.msk_iam import MskTokens

        tokens = MskTokens(self._settings.aws_region)
        return {
            **common,
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "OAUTHBEARER",
            "sasl_oauth_token_provider": tokens,
        }

    async def _ask_msk(self) -> str:
        """Waits for the cluster, which may be created after this service."""
        backoff = Backoff(first=0.2, longest=10.0)
        field = _BOOTSTRAP_FIELD[self._settings.kafka_security]
        aws = Aws(self._settings.aws_region)
        while True:
            pause = backoff.next()
            try:
                answer = await aws.call("kafka", "get_bootstrap_brokers", ClusterArn=self._settings.kafka_cluster_arn)
                if answer.get(field):
                    return str(answer[field])
                logger(__name__).warning("brokers_unknown", reason=f"{field} is empty", retry_in_s=round(pause, 1))
            except AwsError as error:
                logger(__name__).warning("brokers_unknown", retry_in_s=round(pause, 1), **describe(error))
            await asyncio.sleep(pause)


async def read_until(consumer: AIOKafkaConsumer, place: TopicPartition, end: int) -> list[ConsumerRecord]:
    """Returns the records of a partition from the consumer's position up to `end`, without unreadable ones."""
    records: list[ConsumerRecord] = []
    while (position := await consumer.position(place)) < end:
        try:
            batches = await consumer.getmany(place, timeout_ms=1000, max_records=1)
        except UNREADABLE:
            consumer.seek(place, position + 1)
        else:
            records += batches.get(place, [])
    return records


def _raise_unless_created(errors: Iterable[Any]) -> None:
    for _, code, *_ in errors:
        failure = for_code(code)
        if code and failure is not TopicAlreadyExistsError:  # another instance was faster
            raise failure
