"""One WebSocket on a byte stream: the handshake, messages within API Gateway's limits, and the close.

Source: RFC 6455; https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-routes-integrations.html
"""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import h11
from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    RejectConnection,
    RejectData,
    Request,
    TextMessage,
)
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

MAX_FRAME_BYTES = 32 * 1024
MAX_MESSAGE_BYTES = 128 * 1024
MAX_WAITING_BYTES = 4 * 1024 * 1024
"""How much may wait for a client that does not read. API Gateway has such a buffer too, and does not say how large."""

NO_STATUS, ABNORMAL, TOO_LARGE, UNSUPPORTED = 1005, 1006, 1009, 1003
_REASONS = {
    NO_STATUS: "Client-side close frame status not set",
    ABNORMAL: "Connection Closed Abnormally",
}
_BLOCK_BYTES = 65536
_CLOSE = (b"connection", b"close")
"""What a refusal says to HAProxy, which would send another request on the same connection."""
_CONTROLLED = ("upgrade", "connection", "content-length", "transfer-encoding")


class Peer:
    """The client at the other end. Its methods belong to one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = WSConnection(ConnectionType.SERVER)
        self._fragments: list[str] = []
        self._frame_bytes = 0
        self._message_bytes = 0
        self.last_active = time.time()
        self.closing_since: float | None = None
        self.closed = (ABNORMAL, _REASONS[ABNORMAL])
        """Code and reason of the close: this side's if it closed first, else the client's."""

    async def handshake(self) -> Request | None:
        """Returns the client's request, or None when it is not one for a WebSocket; then it has been answered."""
        try:
            while data := await self._reader.read(_BLOCK_BYTES):
                self._protocol.receive_data(data)
                for event in self._protocol.events():
                    if isinstance(event, Request):
                        return event
        except RemoteProtocolError as error:
            hint = error.event_hint
            refusal = hint if isinstance(hint, RejectConnection) else RejectConnection()
            self._write(self._protocol.send(replace(refusal, headers=[*refusal.headers, _CLOSE])))
        return None

    def accept(self, subprotocol: str | None, headers: Mapping[str, str]) -> None:
        """Opens the WebSocket. Raises ValueError for headers that HTTP does not allow; `refuse` is still possible."""
        extra = [(name.encode(), value.encode("latin-1")) for name, value in headers.items() if _may_be_sent(name)]
        try:
            self._write(self._protocol.send(AcceptConnection(subprotocol=subprotocol, extra_headers=extra)))
        except h11.LocalProtocolError as error:
            raise ValueError(str(error)) from error

    def refuse(self, status: int, message: str) -> None:
        """Answers the handshake with an error."""
        body = json.dumps({"message": message}, separators=(",", ":")).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), _CLOSE]
        self._write(self._protocol.send(RejectConnection(status_code=status, headers=headers, has_body=True)))
        self._write(self._protocol.send(RejectData(data=body)))

    async def messages(self) -> AsyncIterator[str]:
        """Yields the client's messages until the connection ends. `closed` says then why it did."""
        while True:
            for event in self._protocol.events():
                if isinstance(event, CloseConnection):
                    self._answer_close(event)
                    return
                if self.closing_since is not None:
                    continue
                if isinstance(event, TextMessage):
                    if (text := self._assembled(event)) is not None:
                        yield text
                elif isinstance(event, BytesMessage):
                    self.close(UNSUPPORTED, "Binary messages are not supported")
                elif isinstance(event, Ping):
                    self._write(self._protocol.send(event.response()))
            data = await self._read()
            if not data:
                return
            self._protocol.receive_data(data)

    def send(self, text: str) -> None:
        """Sends a message. Raises BlockingIOError when too much waits for the client already."""
        if self.closing_since is not None or self._protocol.state is not ConnectionState.OPEN:
            return
        if self._writer.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            raise BlockingIOError("the client does not read its messages")
        self.last_active = time.time()
        self._write(self._protocol.send(TextMessage(data=text)))

    def close(self, code: int, reason: str) -> None:
        """Begins the close. `messages` ends when the client has answered it."""
        if self.closing_since is None and self._protocol.state is ConnectionState.OPEN:
            self.closing_since = time.time()
            self.closed = (code, reason)
            self._write(self._protocol.send(CloseConnection(code=code, reason=reason)))

    def abort(self) -> None:
        """Ends the connection at once."""
        self._writer.transport.abort()

    async def finish(self) -> None:
        """Sends what is left, and closes the byte stream."""
        with contextlib.suppress(ConnectionError):
            self._writer.close()
            await self._writer.wait_closed()

    async def _read(self) -> bytes:
        try:
            data = await self._reader.read(_BLOCK_BYTES)
        except ConnectionError:
            return b""
        self.last_active = time.time()
        return data

    def _assembled(self, event: TextMessage) -> str | None:
        """Returns the message that this part completes, or None. Closes the connection of one that is too large."""
        size = len(event.data.encode())
        self._frame_bytes += size
        self._message_bytes += size
        if self._frame_bytes > MAX_FRAME_BYTES or self._message_bytes > MAX_MESSAGE_BYTES:
            self.close(TOO_LARGE, "Message too long")
            return None
        self._fragments.append(event.data)
        if event.frame_finished:
            self._frame_bytes = 0
        if not event.message_finished:
            return None
        text = "".join(self._fragments)
        self._fragments.clear()
        self._message_bytes = 0
        return text

    def _answer_close(self, event: CloseConnection) -> None:
        if self.closing_since is None:
            self.closed = (event.code, event.reason or _REASONS.get(event.code, ""))
        with contextlib.suppress(LocalProtocolError):
            # This side has closed first: there is nothing left to answer.
            self._write(self._protocol.send(event.response()))

    def _write(self, data: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(data)


def _may_be_sent(name: str) -> bool:
    return name not in _CONTROLLED and not name.startswith("sec-websocket-")
