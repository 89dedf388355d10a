"""Kafka's records in the form of Lambda's events.

Source: https://docs.aws.amazon.com/lambda/latest/dg/with-msk.html
"""

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

MAXIMUM_PAYLOAD = 6 * 1024 * 1024
"""The size of an event in bytes."""

_ENVELOPE = 4096
"""Room in an event for what is not a record."""

_TIMESTAMP_TYPES = {0: "CREATE_TIME", 1: "LOG_APPEND_TIME"}


class Record(Protocol):
    """A record as the Kafka client returns it."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: Iterable[tuple[str, bytes]]


def described(record: Record) -> dict[str, Any]:
    """Returns a record of an event. The bytes of headers are signed, as Java's are."""
    return {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": record.timestamp,
        "timestampType": _TIMESTAMP_TYPES.get(record.timestamp_type, "NO_TIMESTAMP_TYPE"),
        "key": _encoded(record.key),
        "value": _encoded(record.value),
        "headers": [{name: [byte - 256 if byte > 127 else byte for byte in value]} for name, value in record.headers],
    }


def batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Yields the records in their order, in groups that fit into one event each."""
    group: list[dict[str, Any]] = []
    size = _ENVELOPE
    for record in records:
        length = len(json.dumps(record))
        if group and size + length > MAXIMUM_PAYLOAD:
            yield group
            group, size = [], _ENVELOPE
        group.append(record)
        size += length
    if group:
        yield group


def grouped(records: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Returns the records by `topic-partition`."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for record in records:
        groups.setdefault(f"{record['topic']}-{record['partition']}", []).append(record)
    return groups


def text(record: dict[str, Any], member: str) -> Any:
    """Returns the key or the value of a record for filters: a JSON document where it is one, else text."""
    if record[member] is None:
        return None
    raw = base64.b64decode(record[member]).decode(errors="replace")
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _encoded(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()
