"""The program behind the endpoints of a DB cluster: `python relay_program.py PORT ROUTES_FILE`.

It accepts PostgreSQL's connections on one port and passes each on, unread, to a server. All endpoints of a cluster have
the same port and address, on AWS only the address differs. The name that a client used is in its TLS handshake (RFC
6066, server name indication), which nearly all drivers send when they connect. A connection without TLS, or with
another name, goes to the default route. TLS itself is between client and server.

ROUTES_FILE maps names to groups of ports of servers on this machine: {"": [[5432]], "reader.example": [[5433, 5434],
[5432]]}. The servers of a group take turns, and a later group is for the case that no server of the former accepts.
The name "" is the default route. The file is read again when it has changed.

Source of the messages: https://www.postgresql.org/docs/17/protocol-message-formats.html
"""

import asyncio
import contextlib
import json
import struct
import sys
from pathlib import Path

SSL_REQUEST, GSS_REQUEST, CANCEL_REQUEST = 80877103, 80877104, 80877102
_TLS_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME = 22, 1, 0
_CHUNK_BYTES = 65536
_MAX_STARTUP_BYTES = 10000
"""PostgreSQL's own limit of a startup packet."""
_CONNECT_SECONDS = 5
_STARTUP_SECONDS = 60

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Routes:
    """The routes in the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._version: tuple[int, int] | None = None
        self._groups: dict[str, list[list[int]]] = {}
        self._turn = 0

    def ports(self, name: str) -> list[int]:
        """Returns the ports of the servers behind a name, in the order in which to try them."""
        self._refresh()
        self._turn += 1
        return [port for group in self._groups.get(name, self._groups.get("", [])) for port in self._in_turn(group)]

    def all_ports(self) -> set[int]:
        """Returns the ports of all servers."""
        self._refresh()
        return {port for groups in self._groups.values() for group in groups for port in group}

    def _in_turn(self, group: list[int]) -> list[int]:
        start = self._turn % len(group) if group else 0
        return group[start:] + group[:start]

    def _refresh(self) -> None:
        status = self._file.stat()
        # Each version is a file of its own, and two of them may have the same time.
        version = status.st_mtime_ns, status.st_ino
        if version != self._version:
            self._groups, self._version = json.loads(self._file.read_text()), version


def server_name(record: bytes) -> str:
    """Returns the name in the TLS record of a ClientHello (RFC 8446, section 4.1.2), or "" without one."""
    try:
        return _server_name(record[5:])
    except (IndexError, struct.error, UnicodeDecodeError):
        return ""


def _server_name(hello: bytes) -> str:
    if hello[0] != _CLIENT_HELLO:
        return ""
    # The type and the length, the version, and 32 random bytes; then the session id.
    at = 4 + 2 + 32
    at += 1 + hello[at]
    (ciphers,) = struct.unpack_from(">H", hello, at)
    at += 2 + ciphers
    at += 1 + hello[at]
    (length,) = struct.unpack_from(">H", hello, at)
    at += 2
    end = at + length
    while at + 4 <= end:
        kind, size = struct.unpack_from(">HH", hello, at)
        if kind == _SERVER_NAME:
            # The length of the list and the type of its first name, then the name.
            (name_size,) = struct.unpack_from(">H", hello, at + 7)
            return hello[at + 9 : at + 9 + name_size].decode("ascii").lower()
        at += 4 + size
    return ""


async def connect(ports: list[int]) -> Stream | None:
    """Connects to the first server that accepts."""
    for port in ports:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CONNECT_SECONDS):
                return await asyncio.open_connection("127.0.0.1", port)
    return None


async def serve(client: Stream, routes: Routes) -> None:
    """Serves one client until either side ends the connection."""
    async with asyncio.timeout(_STARTUP_SECONDS):
        opened = await _open(*client, routes)
    if opened is not None:
        server, sent = opened
        await _relay(client, server, sent)


async def _open(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, routes: Routes
) -> tuple[Stream, bytes] | None:
    """Returns a connection to the server that a client wants, and what the client has sent so far; None without one."""
    first = await reader.readexactly(1)
    if first[0] == _TLS_HANDSHAKE:
        # A client that starts with TLS (`sslnegotiation=direct`).
        record = await _tls_record(reader, first)
        return _with(await connect(routes.ports(server_name(record))), record)
    message = first + await reader.readexactly(7)
    length, code = struct.unpack(">ii", message)
    if code == GSS_REQUEST:
        # The client goes on with TLS or without.
        writer.write(b"N")
        message = await reader.readexactly(8)
        length, code = struct.unpack(">ii", message)
    if code == SSL_REQUEST:
        writer.write(b"S")
        record = await _tls_record(reader, await reader.readexactly(1))
        return _with(await _connect_with_tls(routes.ports(server_name(record)), message), record)
    if code == CANCEL_REQUEST and 8 <= length <= _MAX_STARTUP_BYTES:
        await _cancel(message + await reader.readexactly(length - 8), routes)
        return None
    return _with(await connect(routes.ports("")), message)


def _with(server: Stream | None, sent: bytes) -> tuple[Stream, bytes] | None:
    return None if server is None else (server, sent)


async def _connect_with_tls(ports: list[int], request: bytes) -> Stream | None:
    """Connects to a server and makes it ready for a TLS handshake."""
    server = await connect(ports)
    if server is not None:
        server[1].write(request)
        if await server[0].readexactly(1) != b"S":
            raise ConnectionError("the server does not speak TLS")
    return server


async def _cancel(message: bytes, routes: Routes) -> None:
    """Passes a cancel request on to all servers: its secret key is that of one session of one of them."""
    for port in routes.all_ports():
        if (server := await connect([port])) is not None:
            server[1].write(message)
            await server[1].drain()
            server[1].close()


async def _tls_record(reader: asyncio.StreamReader, first: bytes) -> bytes:
    header = first + await reader.readexactly(4)
    return header + await reader.readexactly(int.from_bytes(header[3:5], "big"))


async def _relay(client: Stream, server: Stream, sent: bytes) -> None:
    """Passes bytes on in both directions until one side closes; `sent` is what the client has sent so far."""
    server[1].write(sent)
    pumps = [asyncio.create_task(_pump(client[0], server[1])), asyncio.create_task(_pump(server[0], client[1]))]
    try:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        server[1].close()


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(_CHUNK_BYTES):
        target.write(data)
        await target.drain()


async def main(port: int, routes: Routes) -> None:
    """Serves until the process is stopped."""

    async def accepted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client or a server that goes away ends the connection, and nothing else.
        with (
            contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError),
            contextlib.closing(writer),
        ):
            await serve((reader, writer), routes)

    server = await asyncio.start_server(accepted, "0.0.0.0", port)  # noqa: S104 - clients are in other containers
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Routes(Path(sys.argv[2]))))
