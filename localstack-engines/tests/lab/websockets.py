"""A small WebSocket client (RFC 6455), without extensions and without fragmented messages of its own."""

import base64
import os
import socket
import struct
from urllib.parse import urlsplit

TEXT, BINARY, CLOSE, PING = 1, 2, 8, 9
_FINAL, _MASKED = 0x80, 0x80


class Closed(Exception):
    """The server has closed the connection."""


class WebSocket:
    """A connection. Messages are text or bytes."""

    def __init__(self, url: str, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname, parts.port or 80), timeout)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {parts.path} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        )
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self._file = self._socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        while self._file.readline().strip():
            pass

    def send(self, message: str | bytes) -> None:
        data, code = (message.encode(), TEXT) if isinstance(message, str) else (message, BINARY)
        self._send_frame(code, data)

    def receive(self) -> str | bytes:
        """Returns the next message. Raises Closed."""
        data, kind = b"", 0
        while True:
            first, second = self._read(2)
            length = second & 0x7F
            if length == 126:
                [length] = struct.unpack(">H", self._read(2))
            elif length == 127:
                [length] = struct.unpack(">Q", self._read(8))
            payload, code = self._read(length), first & 0x0F
            if code == CLOSE:
                raise Closed
            if code == PING:
                self._send_frame(10, payload)
                continue
            data, kind = data + payload, code or kind
            if first & _FINAL:
                return data.decode() if kind == TEXT else data

    def close(self) -> None:
        self._file.close()
        self._socket.close()

    def _read(self, number: int) -> bytes:
        data = self._file.read(number)
        if len(data) < number:
            raise Closed
        return data

    def _send_frame(self, code: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            length = bytes([_MASKED | size])
        elif size < 65536:
            length = bytes([_MASKED | 126]) + struct.pack(">H", size)
        else:
            length = bytes([_MASKED | 127]) + struct.pack(">Q", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self._socket.sendall(bytes([_FINAL | code]) + length + mask + masked)
