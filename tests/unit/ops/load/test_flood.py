"""The flood keeps its rate, and ends with the block."""

import asyncio
import itertools
from collections import Counter

from ops.load.bench_flood import Flood, anonymous_calls, table
from ops.load.http import Target
from ops.load.measure import Result


def test_sign_ins_and_registrations_come_in_turns() -> None:
    paths = [call.path for call in itertools.islice(anonymous_calls(), 4)]
    assert paths == ["/auth/login", "/auth/register"] * 2


async def test_the_rate_does_not_wait_for_answers() -> None:
    received = 0
    enough = asyncio.Event()

    async def never_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal received
        await reader.readuntil(b"\r\n\r\n")
        received += 1
        if received == 20:
            enough.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    flood = Flood(Target("127.0.0.1", server.sockets[0].getsockname()[1]), per_second=200)
    async with asyncio.timeout(10):
        async with flood.running():
            await enough.wait()
    server.close()
    assert flood.statuses == Counter()


def test_the_table_tells_before_from_during() -> None:
    before, during = Result(0.0, (10.0, 20.0)), Result(0.0, (400.0,), Counter({503: 2}))
    text = table({"sign-in": before}, {"sign-in": during}, Counter({401: 5, 0: 1}), "50/s for 60 s")
    assert "| sign-in | before | 2 | 0 | 20 | 20 |" in text
    assert "| sign-in | during | 1 | 2 | 400 | 400 |" in text
    assert text.endswith("The flood's answers: 1 x broken, 5 x 401.")
