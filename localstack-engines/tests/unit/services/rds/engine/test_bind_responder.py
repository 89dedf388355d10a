"""The answers to LDAP binds, in the bytes of RFC 4511."""

import socket
from collections.abc import Iterator

import pytest

from localstack_engines.services.rds.engine.bind_responder import BindResponder

PASSWORD = "right" * 1_000


def accepts(name: str, password: str) -> bool:
    if name == "5000/broken":
        raise RuntimeError("the check itself fails")
    return (name, password) == ("5000/app", PASSWORD)


@pytest.fixture
def responder() -> Iterator[BindResponder]:
    made = BindResponder(accepts)
    yield made
    made.stop()


def element(tag: int, content: bytes) -> bytes:
    """Returns a BER element with its length in the long form."""
    return bytes([tag, 0x83]) + len(content).to_bytes(3) + content


def bind(name: str, password: str, number: int = 1) -> bytes:
    request = b"\x02\x01\x03" + element(0x04, name.encode()) + element(0x80, password.encode())
    return element(0x30, bytes([2, 1, number]) + element(0x60, request))


def answer(number: int, code: int) -> bytes:
    return bytes([0x30, 12, 2, 1, number, 0x61, 7, 0x0A, 1, code, 4, 0, 4, 0])


def test_a_bind_is_answered(responder: BindResponder) -> None:
    assert responder.answer(bind("5000/app", PASSWORD)) == answer(1, 0)
    assert responder.answer(bind("5000/app", "wrong", number=7)) == answer(7, 49)
    assert responder.answer(bind("5000/broken", "x")) == answer(1, 80)


@pytest.mark.parametrize(
    "request_",
    [
        b"\x30\x05\x02\x01\x02\x42\x00",  # an UnbindRequest
        b"\x30\x00",
        b"GET / HTTP/1.1",
        element(0x30, b"\x02\x01\x01" + element(0x60, b"\x02\x01\x03\x04\x00\xa3\x00")),  # a SASL bind
        element(0x30, b"\x02\x01\x01" + element(0x60, b"\x02\x01\x03\x04\x01\xff\x80\x01x")),  # not UTF-8
    ],
)
def test_anything_else_has_no_answer(responder: BindResponder, request_: bytes) -> None:
    assert responder.answer(request_) is None


def test_a_connection_ends_with_an_unbind_and_after_too_much(responder: BindResponder) -> None:
    port = responder.start()
    assert responder.start() == port
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        message = bind("5000/app", PASSWORD)
        connection.sendall(message[:100])
        connection.sendall(message[100:] + b"\x30\x05\x02\x01\x02\x42\x00")
        assert connection.makefile("rb").read() == answer(1, 0)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"\x30\x84\x7f\xff\xff\xff")
        assert connection.makefile("rb").read() == b""
