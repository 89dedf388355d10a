"""An HTTP/1.1 client that needs little processor time. It reads only what it has to of an answer.

A full client library would take more of the machine's two cores than the service that is measured.
"""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Target:
    """Where requests are sent. `prefix` is put before every path."""

    host: str
    port: int
    prefix: str = ""


@dataclass(frozen=True)
class Call:
    """One request."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def encode(self, target: Target, token: str) -> bytes:
        """Returns the request as it is sent."""
        content = b"" if self.body is None else json.dumps(self.body).encode()
        lines = [
            f"{self.method} {target.prefix}{self.path} HTTP/1.1",
            f"host: {target.host}:{target.port}",
            f"authorization: Bearer {token}",
            *(f"{name}: {value}" for name, value in self.headers.items()),
        ]
        if self.body is not None:
            lines += ["content-type: application/json", f"content-length: {len(content)}"]
        return "\r\n".join([*lines, "", ""]).encode() + content


class Connection:
    """A connection that is kept open, and opened again when the server has closed it."""

    def __init__(self, target: Target, token: str) -> None:
        self._target = target
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._drop()

    async def send(self, call: Call) -> tuple[int, bytes]:
        """Returns status and body of the answer; the status is 0 if the connection broke."""
        try:
            if self._streams is None:
                self._streams = await asyncio.open_connection(self._target.host, self._target.port)
            reader, writer = self._streams
            writer.write(call.encode(self._target, self._token))
            return await self._answer(reader)
        except (OSError, asyncio.IncompleteReadError):
            self._drop()
            return 0, b""
        except asyncio.CancelledError:
            self._drop()  # otherwise the late answer would be taken for that of the next call
            raise

    async def _answer(self, reader: asyncio.StreamReader) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = int(head[9:12])
        if b"\r\ntransfer-encoding: chunked" in head:
            body = await _chunks(reader)
        else:
            body = await reader.readexactly(_length(head))
        if b"\r\nconnection: close" in head:
            self._drop()
        return status, body

    def _drop(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


def _length(head: bytes) -> int:
    start = head.find(b"\r\ncontent-length:")
    return 0 if start < 0 else int(head[start + 17 : head.index(b"\r\n", start + 2)])


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body
