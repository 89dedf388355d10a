"""Who gets a hashing slot: how many, how many wait, and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from services.auth.hashing_queue import HashingQueue, Lane, Turn
from services.common.errors import Unavailable

FLOOD, OTHER = Turn(Lane.SIGN_IN, "flood"), Turn(Lane.SIGN_IN, "other")
KNOWN, REGISTRATION = Turn(Lane.KNOWN_SIGN_IN, "ann"), Turn(Lane.REGISTRATION, "flood")


class Workers:
    """Requests that take their turns. `served` are those that got a slot, in this order; `release` ends one."""

    def __init__(self, queue: HashingQueue) -> None:
        self.queue = queue
        self.served: list[Turn] = []
        self.inside = self.most = 0
        self.gate = asyncio.Semaphore(0)

    async def work(self, turn: Turn) -> str:
        async with self.queue.slot(turn):
            self.served.append(turn)
            self.inside += 1
            self.most = max(self.most, self.inside)
            await self.gate.acquire()
            self.inside -= 1
        return "done"

    async def start(self, turns: Sequence[Turn]) -> list[asyncio.Task[str]]:
        tasks = [asyncio.create_task(self.work(turn)) for turn in turns]
        await settle()
        return tasks

    async def release(self, number: int) -> None:
        for _ in range(number):
            self.gate.release()
            await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_slots_limit_how_many_hash_and_how_many_wait() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=2, capacity=3, seconds=5))
        tasks = await workers.start([FLOOD] * 8)
        await workers.release(8)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert workers.most == 2
        assert outcomes.count("done") == 5
        refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
        assert [problem.headers["Retry-After"] for problem in refused] == ["1"] * 3

    asyncio.run(check())


def test_clients_take_turns() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=1, capacity=100, seconds=5))
        tasks = await workers.start([FLOOD] * 50 + [OTHER] * 2)
        await workers.release(52)
        assert workers.served[:5] == [FLOOD, FLOOD, OTHER, FLOOD, OTHER]
        await asyncio.gather(*tasks)

    asyncio.run(check())


def test_a_full_lane_drops_the_newest_request_of_the_client_with_the_most() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=1, capacity=4, seconds=5))
        flood = await workers.start([FLOOD] * 5)  # one inside, four wait
        other = await workers.start([OTHER] * 2)
        await workers.release(7)
        outcomes = await asyncio.gather(*flood, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [str, str, str, Unavailable, Unavailable]
        assert await asyncio.gather(*other) == ["done", "done"]

    asyncio.run(check())


def test_a_request_that_has_just_ended_can_be_the_one_that_is_dropped() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=1, capacity=2, seconds=5))
        inside, waiting, newest = await workers.start([FLOOD] * 3)
        newest.cancel()  # its task has not run since, so it is still in the lane
        other = asyncio.create_task(workers.work(OTHER))
        await settle()
        await workers.release(3)
        assert await asyncio.gather(inside, waiting, other) == ["done"] * 3
        assert newest.cancelled()
        # The slot is free again.
        last = await workers.start([OTHER])
        await workers.release(1)
        assert await asyncio.gather(*last) == ["done"]

    asyncio.run(check())


def test_known_sign_ins_come_first_and_no_lane_starves() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=1, capacity=100, seconds=5))
        tasks = await workers.start([REGISTRATION] * 20 + [FLOOD] * 20 + [KNOWN] * 4)
        await workers.release(44)
        served = [turn.lane for turn in workers.served[1:17]]
        assert served[:8].count(Lane.KNOWN_SIGN_IN) == 4
        assert served[8:].count(Lane.SIGN_IN) == 6
        assert served.count(Lane.REGISTRATION) == 4
        await asyncio.gather(*tasks)

    asyncio.run(check())


def test_whoever_waits_too_long_is_refused() -> None:
    async def check() -> None:
        workers = Workers(HashingQueue(slots=1, capacity=100, seconds=0.05))
        tasks = await workers.start([FLOOD, OTHER])
        with pytest.raises(Unavailable):
            await tasks[1]
        await workers.release(1)
        assert await tasks[0] == "done"

    asyncio.run(check())


def test_no_slot_is_lost_when_requests_end_early() -> None:
    """In the queue, with a slot, and in the moment between."""

    async def check() -> None:
        queue = HashingQueue(slots=1, capacity=100, seconds=5)
        workers = Workers(queue)
        async with queue.slot(FLOOD):
            waiting, granted, inside = await workers.start([FLOOD, OTHER, FLOOD])
            waiting.cancel()
            await settle()
        granted.cancel()  # it has got the slot, and has not run since
        await settle()
        assert workers.served == [FLOOD]
        inside.cancel()
        await settle()
        (last,) = await workers.start([OTHER])
        await workers.release(1)
        assert await last == "done"

    asyncio.run(check())
