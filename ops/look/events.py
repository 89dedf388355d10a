"""`make kafka`: the list of topics, or the events of one topic."""

import asyncio
import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from ops import brokers
from ops.problems import Problem


def consume(console: Console, topic: str, limit: int) -> None:
    """Prints a topic's events from its beginning, until `limit` are printed; for ever if it is 0. Raises Problem."""
    asyncio.run(_consume(console, brokers.connection(), topic, limit))


async def _consume(console: Console, connection: dict[str, Any], topic: str, limit: int) -> None:
    from aiokafka import AIOKafkaConsumer
    from aiokafka.errors import KafkaError

    consumer = AIOKafkaConsumer(**connection, auto_offset_reset="earliest", enable_auto_commit=False, group_id=None)
    try:
        await consumer.start()
    except KafkaError as error:
        remedy = "make doctor checks whether the host name resolves; make status shows the broker"
        raise Problem(f"no broker answers at {connection['bootstrap_servers']}: {error}", remedy) from error
    try:
        topics = sorted(await consumer.topics())
        if not topic:
            console.print("\n".join(topics) or "no topics yet")
            return
        if topic not in topics:
            raise Problem(f"there is no topic {topic}", f"the topics are: {', '.join(topics)}")
        consumer.subscribe([topic])
        printed = 0
        async for message in consumer:
            console.print(f"[dim]{message.partition}/{message.offset}[/] {escape(_text(message.key))}", markup=True)
            console.print(_pretty(message.value), markup=False, soft_wrap=True)
            printed += 1
            if printed == limit:
                return
    finally:
        await consumer.stop()


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _pretty(value: bytes | None) -> str:
    try:
        return json.dumps(json.loads(value or b"null"), indent=2, ensure_ascii=False)
    except ValueError:
        return _text(value)
