"""Which function handles which event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from services.common.runtime import Runtime
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import EVENT_TYPES, Event, EventData
from services.contracts.topics import TOPICS, Topic


@dataclass(frozen=True, slots=True)
class Consumed:
    """What a handler may use. `uow` commits after the handler, together with the inbox row."""

    uow: UnitOfWork
    runtime: Runtime[Any, Any]
    topic: str
    partition: int
    offset: int

    @property
    def components(self) -> Any:
        """What the service's `compose` yielded."""
        return self.runtime.components


D = TypeVar("D", bound=EventData)
Handler = Callable[[Event[Any], Consumed], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Registration:
    """A handler, and whether events older than the newest seen of their aggregate are skipped."""

    handle: Handler
    newest_only: bool


class Handlers:
    """A service's `consumers.py` makes one and decorates its functions with it."""

    def __init__(self) -> None:
        self._by_type: dict[str, Registration] = {}
        self._any: Registration | None = None
        self._topics: set[Topic] = set()

    def on(
        self, *kinds: type[D], newest_only: bool = False
    ) -> Callable[[Callable[[Event[D], Consumed], Awaitable[None]]], Callable[[Event[D], Consumed], Awaitable[None]]]:
        """Registers a function for types of events; one function a type."""

        def register(
            handle: Callable[[Event[D], Consumed], Awaitable[None]],
        ) -> Callable[[Event[D], Consumed], Awaitable[None]]:
            for kind in kinds:
                if kind.TYPE in self._by_type:
                    raise ValueError(f"{kind.TYPE} has a handler already")
                self._by_type[kind.TYPE] = Registration(handle, newest_only)
                self._topics.add(kind.TOPIC)
            return handle

        return register

    def any(self, handle: Handler) -> Handler:
        """Registers a function for every type of every topic that has no handler of its own."""
        self._any = Registration(handle, newest_only=False)
        self._topics.update(TOPICS)
        return handle

    def find(self, event: Event[Any]) -> Registration | None:
        """The handler of an event, if the service cares about it."""
        return self._by_type.get(event.type, self._any)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """What to subscribe to."""
        return tuple(sorted(self._topics, key=lambda topic: topic.name))

    @property
    def types(self) -> tuple[str, ...]:
        """The types that are handled."""
        return tuple(self._by_type) if self._any is None else tuple(kind.TYPE for kind in EVENT_TYPES)
