"""HTTP messages between HAProxy and the plugin."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.client import responses
from typing import BinaryIO

from localstack_engines.gateway.model import MAX_BODY_BYTES

_LINE_BYTES = 65536
_FRAMING = ("connection", "content-length", "transfer-encoding")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""What a header's name is: RFC 9110, section 5.6.2."""
_ENDS_A_LINE = re.compile(r"[\r\n\0]")


class Refused(Exception):
    """The gateway answers the request itself, with a status and a message."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request of HAProxy's. Header names are in lower case; `target` is the path with the query."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    stream: BinaryIO

    def header(self, name: str) -> str:
        """Returns the header's first value, "" when there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def body(self) -> bytes:
        """Reads the body; trailers are dropped.

        Raises Refused for a body that is too large or too slow, ConnectionError for one that breaks off.
        """
        body = io.BytesIO()
        is_chunked = bool(self.header("transfer-encoding"))
        sizes = self._chunk_sizes() if is_chunked else iter([int(self.header("content-length") or 0)])
        try:
            for size in sizes:
                if body.tell() + size > MAX_BODY_BYTES:
                    raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Request Entity Too Large")
                if body.write(self.stream.read(size)) < size:
                    raise ConnectionError("the body broke off")
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "Request Timeout") from None
        return body.getvalue()

    def _chunk_sizes(self) -> Iterator[int]:
        """Reads what is around the chunks: RFC 9112, section 7.1. HAProxy has removed the chunks' extensions."""
        while size := int(self._line(), 16):
            yield size
            self._line()
        while self._line() != b"\r\n":
            # A recipient may drop trailers: section 7.1.2.
            continue

    def _line(self) -> bytes:
        line = self.stream.readline(_LINE_BYTES)
        if not line.endswith(b"\n"):
            raise ConnectionError("the body broke off")
        return line


@dataclass(frozen=True)
class Reply:
    """An HTTP response. Header names are in lower case."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes = b""

    def encode(self, method: str) -> bytes:
        """Returns the bytes of the response to a request of this method. Raises ValueError for an invalid header."""
        headers = [(name, value) for name, value in self.headers if name not in _FRAMING]
        if "date" not in dict(headers):
            headers.append(("date", formatdate(usegmt=True)))
        has_body = self.status not in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        if has_body:
            headers.append(("content-length", str(len(self.body))))
        for name, _ in headers:
            if not _TOKEN.fullmatch(name):
                raise ValueError(f"invalid header name {name!r}")
        lines = [f"{name}: {value}" for name, value in [*headers, ("connection", "close")]]
        if any(_ENDS_A_LINE.search(line) for line in lines):
            raise ValueError("a header contains a line break")
        status = f"HTTP/1.1 {self.status} {responses.get(self.status, '')}"
        head = "\r\n".join([status, *lines, "", ""]).encode("latin-1")
        return head + self.body if has_body and method != "HEAD" else head


def error(status: int, message: str) -> Reply:
    """Returns an error with a body in API Gateway's format."""
    return Reply(status, [("content-type", "application/json")], f'{{"message":"{message}"}}'.encode())
