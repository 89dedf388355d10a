"""Who computes a hash next, when more people want to sign in or register than the processor can serve."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import Enum

from services.common.errors import Unavailable


class Lane(Enum):
    """What a hash is computed for, the most important first.

    A known sign-in is that of a user who has signed in from the same address before.
    """

    KNOWN_SIGN_IN = "known sign-in"
    SIGN_IN = "sign-in"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True)
class Turn:
    """A request's place: its lane, and the client with whose other requests it shares its turns."""

    lane: Lane
    client: str = ""


_PREFERRED = (Lane.KNOWN_SIGN_IN, Lane.SIGN_IN, Lane.KNOWN_SIGN_IN, Lane.REGISTRATION)
"""Which lane is served first for each freed slot, in rotation. If it is empty, the most important lane is served."""
Waiter = asyncio.Future[None]


class HashingQueue:
    """Gives a fixed number of slots to the requests that wait. It bounds how many wait, and how long.

    In each lane the clients take turns, so a client with many requests does not delay the others. When a lane is full,
    the client with the most requests loses its newest one.
    """

    def __init__(self, slots: int, capacity: int, seconds: float) -> None:
        """`capacity` is the number of requests that may wait in each lane, and `seconds` is how long."""
        self._free = slots
        self._seconds = seconds
        self._lanes = {lane: _LaneQueue(capacity) for lane in Lane}
        self._grants = 0

    @asynccontextmanager
    async def slot(self, turn: Turn) -> AsyncIterator[None]:
        """Waits for a slot and holds it. Raises Unavailable when too many others wait, or when it takes too long."""
        if self._free > 0:
            self._free -= 1
        else:
            await self._wait(turn)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, turn: Turn) -> None:
        lane, waiter = self._lanes[turn.lane], asyncio.get_running_loop().create_future()
        refused = lane.add(turn.client, waiter)
        # A refused request that has just ended by itself is done already: it only has not left the lane yet.
        if refused is not None and not refused.done():
            refused.set_exception(_overloaded())
        try:
            async with asyncio.timeout(self._seconds):
                await waiter
        except BaseException as error:
            lane.discard(turn.client, waiter)
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._pass_on()  # the slot was granted, and the request ended before it could begin
            if isinstance(error, TimeoutError):
                raise _overloaded() from None
            raise

    def _pass_on(self) -> None:
        """Gives a slot that has become free to the next waiter."""
        preferred = self._lanes[_PREFERRED[self._grants % len(_PREFERRED)]]
        for lane in (preferred, *self._lanes.values()):
            waiter = lane.next()
            if waiter is not None:
                self._grants += 1
                waiter.set_result(None)
                return
        self._free += 1


class _LaneQueue:
    """The waiting requests of one lane, by client. The clients are in the order of their next turns."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._size = 0
        self._clients: OrderedDict[str, deque[Waiter]] = OrderedDict()

    def add(self, client: str, waiter: Waiter) -> Waiter | None:
        """Adds a request. Returns the request that is refused for it: None, an earlier one or the added one."""
        if self._size >= self._capacity:
            longest = max(self._clients, key=lambda name: len(self._clients[name]), default=client)
            if len(self._clients.get(longest, ())) <= len(self._clients.get(client, ())) + 1:
                return waiter
            refused = self._clients[longest][-1]
            self.discard(longest, refused)
        else:
            refused = None
        self._clients.setdefault(client, deque()).append(waiter)
        self._size += 1
        return refused

    def discard(self, client: str, waiter: Waiter) -> None:
        """Removes a request, if it still waits."""
        waiting = self._clients.get(client, deque())
        if waiter in waiting:
            waiting.remove(waiter)
            self._size -= 1
            if not waiting:
                del self._clients[client]

    def next(self) -> Waiter | None:
        """Removes and returns the request whose turn it is. Its client goes to the end."""
        while self._clients:
            client, waiting = next(iter(self._clients.items()))
            waiter = waiting.popleft()
            self._size -= 1
            self._clients.move_to_end(client)
            if not waiting:
                del self._clients[client]
            if not waiter.done():
                return waiter
        return None


def _overloaded() -> Unavailable:
    return Unavailable("Too many people are signing in at this moment.", retry_after=1)
