"""The poller of an event source mapping of Kafka.

LocalStack calls `poll_events` again and again, and waits longer after each call that raises EmptyPollResultsException.

Source: https://docs.aws.amazon.com/lambda/latest/dg/kafka-process.html
"""

import json
import logging
from collections import deque
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError
from localstack.aws.api.lambda_ import InvalidParameterValueException
from localstack.services.lambda_.event_source_mapping.event_processor import BatchFailureError
from localstack.services.lambda_.event_source_mapping.pollers.poller import EmptyPollResultsException, Poller
from localstack.utils.event_matcher import matches_event

from localstack_engines.services.lambda_.control import kafka_settings
from localstack_engines.services.lambda_.engine.kafka_records import batches, described, grouped, text
from localstack_engines.toolkit.process import certificate

LOG = logging.getLogger(__name__)

_WINDOW_SECONDS = 0.5
"""How long a batch is collected where the mapping has no window."""

_FUNCTION_SECONDS = 15 * 60
"""How long an invocation may take."""

_RESET = {"TRIM_HORIZON": "earliest", "LATEST": "latest", "AT_TIMESTAMP": "earliest"}


class KafkaPoller(Poller):
    """Reads batches, and commits each one when the function has succeeded with it. A failed one is tried again."""

    def __init__(self, mapping: dict[str, Any], processor: Any) -> None:
        self._arn = mapping.get("EventSourceArn")
        super().__init__(
            source_arn=self._arn,
            source_parameters={"FilterCriteria": mapping.get("FilterCriteria") or {}},
            processor=processor,
        )
        # The event of Kafka is not a list of records.
        processor.sender.payload_dict = False
        self._mapping = mapping
        self._consumer: KafkaConsumer | None = None
        self._servers = ""
        self._pending: deque[list[dict[str, Any]]] = deque()

    def event_source(self) -> str:
        return "aws:kafka" if self._arn else "SelfManagedKafka"

    def poll_events(self) -> None:
        try:
            if self._consumer is None:
                self._consumer = self._connected()
            if not self._pending:
                self._pending.extend(batches(self._read(self._consumer)))
            if not self._pending:
                return
            while self._pending:
                self._process(self._pending[0])
                self._commit(self._consumer, self._pending.popleft())
        except BatchFailureError as error:
            LOG.debug("a batch of %s failed and is tried again: %s", self._servers, error)
            raise EmptyPollResultsException("kafka", self._servers) from error
        except (BotoCoreError, ClientError, InvalidParameterValueException) as error:
            # The batch is kept: a group that has committed nothing yet would begin at the end of the topic again.
            LOG.warning("cannot pass on records of Kafka at %s: %s", self._servers or self._arn, error)
            raise EmptyPollResultsException("kafka", self._servers) from error
        except KafkaError as error:
            LOG.warning("cannot read records of Kafka at %s: %s", self._servers, error)
            self.close()
            raise EmptyPollResultsException("kafka", self._servers) from error

    def close(self) -> None:
        """Leaves the consumer group. What was read and not committed is read again by the next consumer."""
        consumer, self._consumer = self._consumer, None
        self._pending.clear()
        if consumer is not None:
            consumer.close(autocommit=False)

    def _connected(self) -> KafkaConsumer:
        mapping, options = self._mapping, {}
        if self._arn:
            self._servers, tls = kafka_settings.bootstrap_servers(self._arn)
            group = mapping[kafka_settings.MANAGED]["ConsumerGroupId"]
            if tls:
                options = {"security_protocol": "SSL", "ssl_cafile": str(certificate.certificate()[0])}
        else:
            self._servers = ",".join(mapping["SelfManagedEventSource"]["Endpoints"][kafka_settings.BOOTSTRAP])
            group = mapping[kafka_settings.SELF_MANAGED]["ConsumerGroupId"]
        consumer = KafkaConsumer(
            bootstrap_servers=self._servers.split(","),
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset=_RESET[mapping["StartingPosition"]],
            max_poll_records=mapping["BatchSize"],
            # A batch that fails may keep the consumer busy for several invocations.
            max_poll_interval_ms=4 * _FUNCTION_SECONDS * 1000,
            metadata_max_age_ms=5000,
            **options,
        )
        start = mapping.get("StartingPositionTimestamp") if mapping["StartingPosition"] == "AT_TIMESTAMP" else None
        consumer.subscribe(mapping["Topics"], listener=_StartAt(consumer, start))
        return consumer

    def _read(self, consumer: KafkaConsumer) -> list[dict[str, Any]]:
        window = self._mapping.get("MaximumBatchingWindowInSeconds") or _WINDOW_SECONDS
        polled = consumer.poll(timeout_ms=int(window * 1000), max_records=self._mapping["BatchSize"])
        return [described(record) for records in polled.values() for record in records]

    def _process(self, records: list[dict[str, Any]]) -> None:
        wanted = [record for record in records if self._matches(record)]
        if not wanted:
            return
        event = {
            "eventSource": self.event_source(),
            **({"eventSourceArn": self._arn} if self._arn else {}),
            "bootstrapServers": self._servers,
            "records": grouped(wanted),
        }
        self.processor.process_events_batch(event)

    def _matches(self, record: dict[str, Any]) -> bool:
        if not self.filter_patterns:
            return True
        document = {member: text(record, member) for member in ("key", "value")}
        return any(matches_event(pattern, json.loads(json.dumps(document))) for pattern in self.filter_patterns)

    @staticmethod
    def _commit(consumer: KafkaConsumer, records: list[dict[str, Any]]) -> None:
        offsets = {TopicPartition(each["topic"], each["partition"]): each["offset"] + 1 for each in records}
        consumer.commit({partition: OffsetAndMetadata(offset, "", -1) for partition, offset in offsets.items()})


class _StartAt(ConsumerRebalanceListener):
    """Begins partitions that the group has never read at a time."""

    def __init__(self, consumer: KafkaConsumer, start: datetime | str | None) -> None:
        self._consumer = consumer
        self._start = start

    def on_partitions_revoked(self, revoked: Any) -> None:
        """Nothing to do: batches are committed when they are done."""

    def on_partitions_assigned(self, assigned: Any) -> None:
        if self._start is None:
            return
        new = [partition for partition in assigned if self._consumer.committed(partition) is None]
        if not new:
            return
        time = datetime.fromisoformat(self._start) if isinstance(self._start, str) else self._start
        found = self._consumer.offsets_for_times({partition: int(time.timestamp() * 1000) for partition in new})
        for partition, offset in found.items():
            if offset is None:
                self._consumer.seek_to_end(partition)
            else:
                self._consumer.seek(partition, offset.offset)
