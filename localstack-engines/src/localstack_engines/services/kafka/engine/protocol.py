"""The one question that tells whether a broker serves: Kafka's Metadata request, spelled by hand.

A port that accepts connections is not enough: Kafka binds it before it can answer, and a broker is of use
only once the controller has let it in. https://kafka.apache.org/protocol.html#The_Messages_Metadata
"""

import socket
import struct

_METADATA, _VERSION, _CORRELATION_ID = 3, 4, 1


def live_brokers(port: int, host: str = "127.0.0.1", timeout: float = 2.0) -> list[int]:
    """Node ids of the brokers in service, as the one on this port knows them; empty when it does not answer."""
    # Client id: none. Topics: an empty list, not null, which would mean all. No automatic creation.
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
    # Correlation id, throttle time, number of brokers.
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
