"""The Metadata request, sent to a socket that answers as a broker does."""

import socket
import struct
import threading
from collections.abc import Callable

import pytest

from localstack_engines.services.kafka.engine.protocol import live_brokers


def string(value: str) -> bytes:
    return struct.pack(">h", len(value)) + value.encode()


def answer(*nodes: int) -> bytes:
    brokers = b"".join(
        struct.pack(">i", node) + string("localhost") + struct.pack(">i", 9092) + struct.pack(">h", -1)
        for node in nodes
    )
    body = struct.pack(">iii", 1, 0, len(nodes)) + brokers + string("cluster") + struct.pack(">ii", 1, 0)
    return struct.pack(">i", len(body)) + body


@pytest.fixture
def serve() -> Callable[[bytes], int]:
    def start(reply: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listener, listener.accept()[0] as connection:
                connection.recv(1024)
                # A network may deliver the answer in pieces.
                connection.sendall(reply[:7])
                connection.sendall(reply[7:])

        threading.Thread(target=run, daemon=True).start()
        return int(listener.getsockname()[1])

    return start


def test_all_brokers_in_the_answer_are_returned(serve: Callable[[bytes], int]) -> None:
    assert live_brokers(serve(answer(1, 2, 3))) == [1, 2, 3]


@pytest.mark.parametrize("reply", [b"", b"\x00", b"HTTP/1.1 400 Bad Request\r\n\r\n", answer(1)[:20]])
def test_an_answer_that_is_not_kafkas_gives_no_brokers(serve: Callable[[bytes], int], reply: bytes) -> None:
    assert live_brokers(serve(reply), timeout=0.5) == []


def test_a_closed_port_gives_no_brokers() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert live_brokers(unused.getsockname()[1]) == []
