"""Kafka's Metadata request, which tells whether a broker is in service.

A port that accepts connections is not enough: Kafka opens it before it can answer, and a broker can serve clients
only when the controller has admitted it. Source: https://kafka.apache.org/protocol.html#The_Messages_Metadata
"""

import socket
import struct

_METADATA, _VERSION, _CORRELATION_ID = 3, 4, 1


def live_brokers(port: int, host: str = "127.0.0.1", timeout: float = 2.0) -> list[int]:
    """Returns the node ids of the brokers in service, as the broker on this port knows them; none without an answer."""
    # No client id, no topics (null would mean all topics), no automatic creation of topics.
    body = struct.pack(">hhihi?", _METADATA, _VERSION, _CORRELATION_ID, -1, 0, False)
    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(struct.pack(">i", len(body)) + body)
            (size,) = struct.unpack(">i", _receive(connection, 4))
            return _brokers(_receive(connection, size))
    except (OSError, struct.error):
        return []


def _brokers(response: bytes) -> list[int]:
    # The response begins with correlation id, throttle time and number of brokers.
    _, _, count = struct.unpack_from(">iii", response, 0)
    offset, nodes = 12, []
    for _ in range(count):
        (node,) = struct.unpack_from(">i", response, offset)
        nodes.append(node)
        offset = _skip_string(response, offset + 4) + 4
        offset = _skip_string(response, offset)
    return nodes


def _skip_string(response: bytes, offset: int) -> int:
    (length,) = struct.unpack_from(">h", response, offset)
    return offset + 2 + max(length, 0)


def _receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        chunk = connection.recv(size - len(data))
        if not chunk:
            raise ConnectionError("the broker closed the connection")
        data += chunk
    return data
