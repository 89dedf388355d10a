"""HAProxy's configuration syntax: quoting, names, canned answers."""

import hashlib
import re
from typing import Any

_UNSAFE = re.compile(r"[^A-Za-z0-9_.:-]")


def quote(text: str) -> str:
    """One word of the configuration, whatever it contains; control characters cannot occur in one."""
    if any(ord(character) < 32 for character in text):
        raise ValueError(f"control character in {text!r}")
    return "'" + text.replace("'", "'\\''") + "'"


def literal(text: str) -> str:
    """Text inside of a log-format string, where % starts an expression."""
    return text.replace("%", "%%")


def name(*parts: str) -> str:
    """The name of a section: readable, and unique for the parts given."""
    joined = ".".join(":default" if part == "$default" else part for part in parts)
    if _UNSAFE.search(joined):
        joined = _UNSAFE.sub("_", joined) + "-" + digest(joined)[:8]
    return joined


def digest(text: str) -> str:
    """SHA-256 in the spelling of HAProxy's ``sha2(256),hex``."""
    return hashlib.sha256(text.encode()).hexdigest().upper()


def alternatives(words: tuple[str, ...] | list[str]) -> str:
    """A regular expression's group that matches any of the words."""
    return "(?:" + "|".join(re.escape(word) for word in words) + ")"


def answer(status: int, message: str, condition: str, headers: dict[str, Any] | None = None) -> str:
    """A rule that ends the request with API Gateway's kind of error body."""
    fields = "".join(f" hdr {field} {quote(literal(str(value)))}" for field, value in (headers or {}).items())
    body = quote(f'{{"message":"{message}"}}')
    return f"http-request return status {status} content-type application/json string {body}{fields} if {condition}"
