"""JSON as RFC 8259 and I-JSON (RFC 7493) have it, stricter than Python's own reader."""

from __future__ import annotations

import json
from typing import Any, NoReturn

MAX_DEPTH = 32
_ESCAPE = b"\\u"


class MalformedJson(ValueError):
    """Not JSON, or JSON that the system will not take."""


class UnfitText(MalformedJson):
    """JSON whose strings cannot be kept as they are."""


def loads(body: bytes) -> Any:
    """Parses. Refuses invalid UTF-8, NaN and infinities, deep nesting, NUL and lone surrogates in strings.

    PostgreSQL cannot store NUL in text, and a lone surrogate has no UTF-8 form: better refused than changed.
    """
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise MalformedJson("nested too deeply") from error
    except ValueError as error:
        raise MalformedJson("not valid JSON") from error
    # Walking costs as much as parsing, so only for documents that could hold what is looked for.
    if _ESCAPE in body or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        _walk(document, 0)
    return document


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(literal: str) -> float:
    number = float(literal)
    if number in (float("inf"), float("-inf")):
        raise ValueError("out of range")
    return number


def _walk(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MalformedJson("nested too deeply")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, list):
        for item in value:
            _walk(item, depth + 1)
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _walk(item, depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise UnfitText("a string holds NUL or a lone surrogate")
