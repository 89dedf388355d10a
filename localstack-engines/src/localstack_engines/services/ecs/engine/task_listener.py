"""What a run of a task tells about itself, and why it ends."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class StopCause:
    """Why a task stops.

    `kind` is "requested", "essential" (an essential container ended) or "failed" (the task could not be started).
    """

    kind: str
    message: str
    container: str | None = None


class TaskListener(Protocol):
    """Called in the task's thread, in this order. `on_change` is called any number of times in between."""

    def on_pulled(self, started: datetime, stopped: datetime) -> None: ...
    def on_change(self) -> None: ...
    def on_stopping(self, cause: StopCause) -> None: ...
    def on_stopped(self) -> None: ...
