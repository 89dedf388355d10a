"""Which function handles which type of event."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic

from typing_extensions import TypeVar

from services.common.runtime import Runtime
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import Event, EventData
from services.contracts.topics import TOPICS, Topic

R = TypeVar("R", bound=Runtime, default=Runtime)
D = TypeVar("D", bound=EventData)


@dataclass(frozen=True, slots=True)
class EventContext(Generic[R]):
    """What a handler works with. `uow` commits after the handler, together with the inbox row."""

    uow: UnitOfWork
    runtime: R
    topic: str
    partition: int
    offset: int


Handler = Callable[[Event[D], EventContext[R]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Registration(Generic[R]):
    """A handler. `newest_only` skips an event that is older than one already seen of the same aggregate.

    `together` lets several events of a partition share a transaction. A handler may do so when it locks nothing but
    what belongs to the event's aggregate: transactions that lock more could wait for each other in a circle.
    """

    handle: Handler[Any, R]
    newest_only: bool
    together: bool


class Handlers(Generic[R]):
    """The event handlers of a service: its `consumers.py` makes one and decorates functions with it."""

    def __init__(self) -> None:
        self._by_type: dict[str, Registration[R]] = {}
        self._any: Registration[R] | None = None
        self._topics: set[Topic] = set()

    def on(
        self, *kinds: type[D], newest_only: bool = False, together: bool = False
    ) -> Callable[[Handler[D, R]], Handler[D, R]]:
        """Registers a function for these types of events. Raises ValueError for a type that has a handler."""

        def register(handle: Handler[D, R]) -> Handler[D, R]:
            for kind in kinds:
                if kind.TYPE in self._by_type:
                    raise ValueError(f"{kind.TYPE} has a handler already")
                self._by_type[kind.TYPE] = Registration(handle, newest_only, together)
                self._topics.add(kind.TOPIC)
            return handle

        return register

    def any(self, handle: Handler[Any, R]) -> Handler[Any, R]:
        """Registers a function for every type, of every topic, that has no handler of its own.

        Several events of a partition may share a transaction.
        """
        self._any = Registration(handle, newest_only=False, together=True)
        self._topics.update(TOPICS)
        return handle

    def find(self, event: Event[Any]) -> Registration[R] | None:
        """Returns the handler of an event, or None when the service ignores this type."""
        return self._by_type.get(event.type, self._any)

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The topics to subscribe to."""
        return tuple(sorted(self._topics, key=lambda topic: topic.name))
