"""A client that logs in to a broker with any mechanism of SASL, and says what the broker answers.

Source: https://kafka.apache.org/protocol.html#sasl_handshake
"""

import json
import socket
import struct
import time
from urllib.parse import parse_qsl, urlsplit

from botocore.credentials import Credentials

from lab.kafka import presigned, trusting

_HANDSHAKE, _AUTHENTICATE, _VERSION = 17, 36, 1
_REPEATED_AFTER = 1.1
"""Kafka accepts no log-in within a second of the former one."""


def payload(credentials: Credentials, host: str, action: str = "kafka-cluster:Connect") -> bytes:
    """Returns the message of the mechanism AWS_MSK_IAM (https://github.com/aws/aws-msk-iam-auth, "Details")."""
    query = parse_qsl(urlsplit(presigned(credentials, host, action=action)).query)
    parts = {name.lower(): value for name, value in query}
    return json.dumps({"version": "2020_10_22", "host": host, "user-agent": "test", **parts}).encode()


def authenticate(servers: str, mechanism: str, message: bytes, *again: bytes) -> tuple[int, str, bytes]:
    """Sends the first message of a log-in. Returns Kafka's error code, its message, and the broker's answer.

    With more messages the client logs in again on the same connection, and the last answer counts.
    """
    host, _, port = servers.partition(",")[0].partition(":")
    with (
        socket.create_connection((host, int(port)), timeout=20) as plain,
        trusting().wrap_socket(plain, server_hostname=host) as connection,
    ):
        answer = _log_in(connection, mechanism.encode(), message)
        for other in again:
            time.sleep(_REPEATED_AFTER)
            answer = _log_in(connection, mechanism.encode(), other)
    code, length = struct.unpack_from(">hh", answer)
    text = answer[4 : 4 + max(length, 0)]
    (size,) = struct.unpack_from(">i", answer, 4 + len(text))
    start = 8 + len(text)
    return code, text.decode(), answer[start : start + size]


def _log_in(connection: socket.socket, mechanism: bytes, message: bytes) -> bytes:
    answer = _call(connection, _HANDSHAKE, struct.pack(">h", len(mechanism)) + mechanism)
    assert struct.unpack_from(">h", answer) == (0,), answer
    return _call(connection, _AUTHENTICATE, struct.pack(">i", len(message)) + message)


def _call(connection: socket.socket, key: int, body: bytes) -> bytes:
    """Sends a request without a client id. Returns the response's body."""
    request = struct.pack(">hhih", key, _VERSION, 1, -1) + body
    connection.sendall(struct.pack(">i", len(request)) + request)
    (size,) = struct.unpack(">i", _receive(connection, 4))
    return _receive(connection, size)[4:]


def _receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        assert chunk, "the broker closed the connection"
        data += chunk
    return data
