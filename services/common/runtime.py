"""The resources of a service's process: settings, database, broker, keys and background loops."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Generic

from starlette.requests import HTTPConnection
from typing_extensions import TypeVar

from services.common.background import Background
from services.common.database import Database
from services.common.messaging.kafka import Kafka
from services.common.security.keys import KeySource
from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings

S = TypeVar("S", bound=ServiceSettings, default=ServiceSettings, covariant=True)
C = TypeVar("C", default=object, covariant=True)


@dataclass(slots=True)
class Runtime(Generic[S, C]):
    """What lives as long as the process. A service names its own type: `Runtime[PatientSettings, Components]`.

    `components` is what the service's `compose` yielded; it is set before the first request, event or call.
    """

    settings: S
    database: Database
    kafka: Kafka
    tokens: TokenVerifier
    keys: KeySource
    background: Background = field(default_factory=Background)
    components: C = field(init=False, repr=False)
    draining: bool = False
    _drain_hooks: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def on_drain(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Registers a function that is called once when the process is told to stop, while it still serves."""
        self._drain_hooks.append(hook)

    async def drain(self) -> None:
        """Makes the readiness check fail from now on. Requests are still answered."""
        self.draining = True
        for hook in self._drain_hooks:
            await hook()


def runtime_of(connection: HTTPConnection) -> Runtime[Any, Any]:
    """Returns the runtime of the application that serves this request."""
    runtime: Runtime[Any, Any] = connection.state.runtime
    return runtime
