"""A server that the load generator calls."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from ops.load.http import Target

ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "/chunked": b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    "/empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "/close": b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    "/busy": b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
}


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """A server that answers in all forms of HTTP/1.1."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split()[1].decode().removeprefix("/prefix")
                if b"content-length: " in head:
                    await reader.readexactly(int(head.split(b"content-length: ")[1].split()[0]))
                if path == "/broken":
                    return
                writer.write(ANSWERS[path])
        except asyncio.IncompleteReadError:
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    yield Target("127.0.0.1", server.sockets[0].getsockname()[1], "/prefix")
    server.close()
