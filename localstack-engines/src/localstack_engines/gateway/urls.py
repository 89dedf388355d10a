"""URLs of HTTP endpoints that callers name."""

from urllib.parse import SplitResult, urlsplit


def http_url(text: str) -> tuple[SplitResult, int] | None:
    """Returns the parts of an http or https URL and its port, or None for a text that is no such URL."""
    try:
        parts = urlsplit(text)
        port = parts.port
        # What no name of DNS can be is refused here: a label that is empty or too long.
        (parts.hostname or "").encode("idna")
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    return parts, port or (443 if parts.scheme == "https" else 80)
