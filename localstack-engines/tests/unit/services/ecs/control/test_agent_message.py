"""The binary messages of Session Manager's data channel."""

import struct
import uuid

import pytest

from localstack_engines.services.ecs.control.agent_message import (
    INPUT,
    AgentMessage,
    Decoder,
    InvalidMessage,
    PayloadType,
)

MESSAGE = AgentMessage(INPUT, 7, b"ls\r", PayloadType.OUTPUT, id=uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"))


def test_a_message_has_its_fields_at_the_places_of_the_protocol() -> None:
    data = MESSAGE.encode()
    assert struct.unpack_from(">I", data) == (116,)
    assert data[4:36].decode() == "input_stream_data".ljust(32)
    assert struct.unpack_from(">q", data, 48) == (7,)
    assert data[64:80].hex() == "8899aabbccddeeff0011223344556677"
    assert struct.unpack_from(">II", data, 112) == (1, 3)
    assert data[120:] == b"ls\r"


def test_messages_are_read_however_they_are_divided() -> None:
    decoder, data = Decoder(), MESSAGE.encode() + AgentMessage(INPUT, 8, b"").encode()
    found = [message for byte in data for message in decoder.feed(bytes([byte]))]
    assert found[0] == MESSAGE
    assert (found[1].sequence, found[1].payload) == (8, b"")
    assert Decoder().feed(data) == found


def test_what_is_no_message_is_refused() -> None:
    data = bytearray(MESSAGE.encode())
    data[-1] ^= 1
    with pytest.raises(InvalidMessage, match="digest"):
        Decoder().feed(bytes(data))
    with pytest.raises(InvalidMessage, match="header"):
        Decoder().feed(b"x" * 120)
