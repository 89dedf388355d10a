"""Parses JSON as RFC 8259 and I-JSON (RFC 7493) define it, more strictly than Python's own parser."""

from __future__ import annotations

import json
from typing import Any, NoReturn

MAX_DEPTH = 32
_ESCAPE = b"\\u"


class MalformedJson(ValueError):
    """The text is not JSON, or it is JSON that the system does not accept."""


class UnfitText(MalformedJson):
    """The JSON contains a string that cannot be stored unchanged."""


def loads(body: bytes) -> Any:
    """Parses a body. Rejects invalid UTF-8, NaN and infinities, deep nesting, and NUL and lone surrogates in strings.

    PostgreSQL cannot store NUL in text, and a lone surrogate has no UTF-8 form. To reject them is better than to change
    them.
    """
    try:
        document = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise MalformedJson("nested too deeply") from error
    except ValueError as error:
        raise MalformedJson("not valid JSON") from error
    # The walk costs as much as parsing, so only documents that can contain such values are walked.
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
        raise UnfitText("a string contains NUL or a lone surrogate")
