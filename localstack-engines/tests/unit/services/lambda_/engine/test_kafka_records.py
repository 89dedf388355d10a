"""Kafka's records in events."""

import base64
from dataclasses import dataclass, field

from localstack_engines.services.lambda_.engine import kafka_records


@dataclass
class Record:
    value: bytes | None
    key: bytes | None = None
    topic: str = "things"
    partition: int = 0
    offset: int = 7
    timestamp: int = 1700000000000
    timestamp_type: int = 0
    headers: list[tuple[str, bytes]] = field(default_factory=list)


def test_a_record_is_described_as_on_aws() -> None:
    record = kafka_records.described(Record(b"value", b"key", headers=[("h", b"a\xff")]))
    assert record == {
        "topic": "things",
        "partition": 0,
        "offset": 7,
        "timestamp": 1700000000000,
        "timestampType": "CREATE_TIME",
        "key": base64.b64encode(b"key").decode(),
        "value": base64.b64encode(b"value").decode(),
        "headers": [{"h": [97, -1]}],
    }


def test_records_are_grouped_by_topic_and_partition() -> None:
    records = [kafka_records.described(Record(b"", partition=number)) for number in (0, 1, 0)]
    groups = kafka_records.grouped(records)
    assert {name: len(group) for name, group in groups.items()} == {"things-0": 2, "things-1": 1}


def test_a_batch_is_no_larger_than_an_event() -> None:
    large = kafka_records.described(Record(bytes(2 * 1024 * 1024)))
    batches = list(kafka_records.batches([large, large, large]))
    assert [len(batch) for batch in batches] == [2, 1]
    assert list(kafka_records.batches([])) == []


def test_filters_see_json_text_and_nothing() -> None:
    record = kafka_records.described(Record(b'{"a": 1}', b"text"))
    assert kafka_records.text(record, "value") == {"a": 1}
    assert kafka_records.text(record, "key") == "text"
    assert kafka_records.text(kafka_records.described(Record(None)), "value") is None
