"""A client of the sessions of ExecuteCommand, as AWS's session-manager-plugin is one.

It writes and reads the messages on its own, without the plugin's code: a mistake there must not hide here.
Source of the format: https://github.com/aws/session-manager-plugin.
"""

import hashlib
import json
import struct
import time
import uuid
from typing import Any

from lab.websockets import Closed, WebSocket

OUTPUT, SIZE, HANDSHAKE_REQUEST, HANDSHAKE_RESPONSE, HANDSHAKE_COMPLETE, FLAG = 1, 3, 5, 6, 7, 10
_HEADER_BYTES = 116


class Session:
    """Opens a session and makes the handshake."""

    def __init__(self, session: dict[str, str], token: str | None = None) -> None:
        self._socket = WebSocket(session["streamUrl"])
        self._sequence, self._expected, self.output, self.closed = 0, 0, b"", False
        token = session["tokenValue"] if token is None else token
        self._socket.send(json.dumps({"MessageSchemaVersion": "1.0", "RequestId": "r", "TokenValue": token}))
        kind, payload = self._next()
        assert kind == HANDSHAKE_REQUEST
        [action] = json.loads(payload)["RequestedClientActions"]
        done = {"ActionType": action["ActionType"], "ActionStatus": 1, "ActionResult": None, "Error": ""}
        answer = {"ClientVersion": "1.2", "ProcessedClientActions": [done], "Errors": None}
        self._send(HANDSHAKE_RESPONSE, json.dumps(answer).encode())
        assert self._next()[0] == HANDSHAKE_COMPLETE

    def type(self, text: str) -> None:
        self._send(OUTPUT, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        self._send(SIZE, json.dumps({"cols": columns, "rows": rows}).encode())

    def terminate(self) -> None:
        self._send(FLAG, struct.pack(">I", 2))

    def until(self, text: str) -> str:
        """Reads output until it has this text, and returns all of it. Raises Closed at the end of the session."""
        while text.encode() not in self.output:
            self._read_output()
        return self.output.decode()

    def end(self) -> str:
        """Reads output until the session is over, and returns all of it."""
        while not self.closed:
            self._read_output()
        return self.output.decode()

    def leave(self) -> None:
        """Goes without a word."""
        self._socket.close()

    def _read_output(self) -> None:
        kind, payload = self._next()
        if kind == OUTPUT:
            self.output += payload

    def _next(self) -> tuple[int, bytes]:
        """Returns the type and payload of the next message to the client, which it acknowledges."""
        while True:
            data = self._socket.receive()
            assert isinstance(data, bytes)
            [size] = struct.unpack_from(">I", data)
            assert size == _HEADER_BYTES
            kind = data[4:36].decode().strip()
            [sequence] = struct.unpack_from(">q", data, 48)
            payload_type, length = struct.unpack_from(">II", data, 112)
            payload = data[120:]
            assert len(payload) == length
            assert hashlib.sha256(payload).digest() == data[80:112]
            if kind == "channel_closed":
                self.closed = True
                return 0, b""
            if kind == "output_stream_data":
                self._acknowledge(data[64:80], sequence)
                if sequence == self._expected:
                    self._expected += 1
                    return payload_type, payload

    def _acknowledge(self, identifier: bytes, sequence: int) -> None:
        content: dict[str, Any] = {
            "AcknowledgedMessageType": "output_stream_data",
            "AcknowledgedMessageId": str(uuid.UUID(bytes=identifier[8:] + identifier[:8])),
            "AcknowledgedMessageSequenceNumber": sequence,
            "IsSequentialMessage": True,
        }
        self._socket.send(_message("acknowledge", 0, 0, json.dumps(content).encode()))

    def _send(self, payload_type: int, payload: bytes) -> None:
        self._socket.send(_message("input_stream_data", self._sequence, payload_type, payload))
        self._sequence += 1


def _message(kind: str, sequence: int, payload_type: int, payload: bytes) -> bytes:
    head = struct.pack(">I32sIQqQ", _HEADER_BYTES, kind.encode().ljust(32), 1, int(time.time() * 1000), sequence, 0)
    return (
        head
        + uuid.uuid4().bytes
        + hashlib.sha256(payload).digest()
        + struct.pack(">II", payload_type, len(payload))
        + payload
    )


__all__ = ["Closed", "Session"]
