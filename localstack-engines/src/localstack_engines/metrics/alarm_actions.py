"""What other parts do when an alarm is in the state ALARM, and what they may ask about alarms."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Signal:
    """An alarm in the state ALARM, with the last value of its metric."""

    alarm_arn: str
    alarm_name: str
    value: float
    threshold: float


Handler = Callable[[str, Signal], None]
"""Takes the ARN of the action and the signal."""

_handlers: dict[str, Handler] = {}
_signals: dict[str, Signal] = {}


def handle(service: str, handler: Handler) -> None:
    """Has `handler` called for alarm actions whose ARN names this service, at each evaluation of an alarm."""
    _handlers[service] = handler


def has_handler(action: str) -> bool:
    return _service(action) in _handlers


def run(actions: list[str], signal: Signal) -> None:
    """Runs the actions that have a handler. One that fails is logged and does not keep the others from running."""
    for action in filter(has_handler, actions):
        try:
            _handlers[_service(action)](action, signal)
        except Exception:
            LOG.exception("action %s of the alarm %s", action, signal.alarm_name)


def note(signal: Signal) -> None:
    """Remembers an alarm that is in the state ALARM."""
    _signals[signal.alarm_arn] = signal


def forget(alarm_arn: str) -> None:
    """Forgets an alarm that is in another state, or gone."""
    _signals.pop(alarm_arn, None)


def breaching_value(alarm_arn: str) -> float | None:
    """Returns the last value of an alarm's metric if the alarm is in the state ALARM, else None."""
    signal = _signals.get(alarm_arn)
    return signal.value if signal else None


def _service(action: str) -> str:
    """Returns the service of an ARN; nothing of a text that is none."""
    return action.split(":", 3)[2] if action.count(":") > 1 else ""
