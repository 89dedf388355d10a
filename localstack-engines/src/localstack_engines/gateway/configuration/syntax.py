"""HAProxy's configuration syntax: quoting, names, and rules that answer a request."""

import hashlib
import re
from typing import Any

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]")


def quote(text: str) -> str:
    """Returns the text as one word of the configuration. Raises ValueError for control characters."""
    if any(ord(character) < 32 for character in text):
        raise ValueError(f"control character in {text!r}")
    return "'" + text.replace("'", "'\\''") + "'"


def literal(text: str) -> str:
    """Returns text for a log-format string, in which % starts an expression."""
    return text.replace("%", "%%")


def name(*parts: str) -> str:
    """Returns the name of a section: readable, and unique for the parts."""
    joined = ".".join(":default" if part == "$default" else part for part in parts)
    if _UNSAFE.search(joined):
        joined = _UNSAFE.sub("_", joined) + "-" + digest(joined)[:8]
    return joined


def digest(text: str) -> str:
    """Returns the SHA-256 digest as HAProxy's `sha2(256),hex` writes it."""
    return hashlib.sha256(text.encode()).hexdigest().upper()


def alternatives(words: tuple[str, ...] | list[str]) -> str:
    """Returns a group of a regular expression that matches any of the words."""
    return "(?:" + "|".join(re.escape(word) for word in words) + ")"


def answer(status: int, message: str, condition: str, headers: dict[str, Any] | None = None) -> str:
    """Returns a rule that answers the request with an error body in API Gateway's format."""
    fields = "".join(f" hdr {field} {quote(literal(str(value)))}" for field, value in (headers or {}).items())
    body = quote(f'{{"message":"{message}"}}')
    return f"http-request return status {status} content-type application/json string {body}{fields} if {condition}"
