"""`make kafka`: the list of topics, or the events of one topic."""

import asyncio
import json

from rich.console import Console
from rich.markup import escape

from ops import aws
from ops.problems import Problem


def consume(console: Console, topic: str, limit: int) -> None:
    """Prints a topic's events from its beginning, until `limit` are printed; for ever if it is 0. Raises Problem."""
    brokers = aws.bootstrap_brokers()
    if not brokers and aws.bootstrap_brokers(aws.IAM_BROKERS):
        raise Problem("this stage's brokers take log-ins of IAM only, which this command has none for", "make status")
    if not brokers:
        raise Problem("there is no Kafka cluster yet", "make up")
    asyncio.run(_consume(console, brokers, topic, limit))


async def _consume(console: Console, brokers: str, topic: str, limit: int) -> None:
    from aiokafka import AIOKafkaConsumer
    from aiokafka.errors import KafkaError

    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers, auto_offset_reset="earliest", enable_auto_commit=False, group_id=None
    )
    try:
        await consumer.start()
    except KafkaError as error:
        remedy = "make doctor checks whether the host name resolves; make status shows the broker"
        raise Problem(f"no broker answers at {brokers}: {error}", remedy) from error
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
