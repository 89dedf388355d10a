"""Writes log events to standard output, one JSON object a line, with allowed fields only.

A log line must never contain a body, a token or a patient's name. So fields outside `ALLOWED` are dropped, messages of
libraries are written as templates without their arguments, and exceptions as type and places without their text.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

import structlog

from services.common import telemetry
from services.common.aws import AwsError

ALLOWED = frozenset(
    (
        "event level time service stage trace_id span_id logger request_id "
        "method route status duration_ms subject bytes client "
        "error error_at sqlstate attempt attempts reason code retry_in_s "
        "topic partition offset event_id event_type consumer aggregate_id version count lag_seconds "
        "patient_id user_id appointment_id invoice_id account_id notification_id payment_id template channel "
        "rpc target grpc_status action resource outcome sequence head "
        "name url port seconds broker brokers key_id family_id roles"
    ).split()
)

_LEVELS = {"critical": "error", "exception": "error", "warn": "warning"}


def set_up(service: str, stage: str, level: str = "INFO") -> None:
    """Configures structlog and the standard library's logging with the same rules."""
    structlog.configure(
        processors=[_line({"service": service, "stage": stage})],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper(), logging.INFO)),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    _logger.cache_clear()
    root = logging.getLogger()
    root.handlers = [_LibraryHandler()]
    root.setLevel(logging.WARNING)
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access", "alembic"):
        logger_ = logging.getLogger(noisy)
        logger_.handlers, logger_.propagate = [], True
    logging.getLogger("uvicorn.access").disabled = True


def logger(name: str) -> Any:
    """Returns the logger of a module: `logger(__name__).info("event_name", field=value)`."""
    return _logger(name, sys.stdout)


@lru_cache(maxsize=256)
def _logger(name: str, _output: TextIO) -> Any:
    """Returns a logger that writes to the present standard output: making one takes longer than a line."""
    return structlog.get_logger().bind(logger=name)


def describe(error: BaseException) -> dict[str, Any]:
    """Returns the fields for an exception: type, places, code; never its text, which may contain values."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_short(frame.filename)}:{frame.lineno}" for frame in frames]
    fields: dict[str, Any] = {"error": type(error).__name__, "error_at": places[-8:]}
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    if isinstance(state, str):
        fields["sqlstate"] = state
    if isinstance(error, AwsError):
        fields["code"] = error.code
    return fields


def _short(filename: str) -> str:
    return "/".join(Path(filename).parts[-2:])


def _line(fixed: Mapping[str, str]) -> Any:
    """Returns the one processor: it makes a line of an event's fields."""

    def line(_: Any, method: str, fields: MutableMapping[str, Any]) -> str:
        shown = {name: _plain(value) for name, value in fields.items() if name in ALLOWED and value is not None}
        shown.update(fixed, level=_LEVELS.get(method, method))
        ids = telemetry.current_ids()
        if ids:
            shown["trace_id"], shown["span_id"] = ids
        shown["time"] = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        return json.dumps(shown)

    return line


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | list) else str(value)


class _LibraryHandler(logging.Handler):
    """Writes the lines of libraries such as uvicorn, aiokafka and asyncpg."""

    def emit(self, record: logging.LogRecord) -> None:
        fields = describe(record.exc_info[1]) if record.exc_info and record.exc_info[1] else {}
        template = str(record.msg)[:200]
        log = logger(record.name)
        getattr(log, record.levelname.lower(), log.info)(template.splitlines()[0] if template else "log", **fields)
