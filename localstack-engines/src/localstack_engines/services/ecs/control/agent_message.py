"""The binary messages of Session Manager's data channel (pure).

A message has a header of 116 bytes, the length of its payload in 4 bytes and the payload. All numbers are big-endian.
Source: the public client, https://github.com/aws/session-manager-plugin (src/message).
"""

import hashlib
import struct
import time
import uuid
from dataclasses import dataclass, field
from enum import IntEnum

INPUT, OUTPUT = "input_stream_data", "output_stream_data"
ACKNOWLEDGE, CHANNEL_CLOSED = "acknowledge", "channel_closed"
"""Types of messages."""

_HEADER = struct.Struct(">I32sIQqQ16s32sI")
_LENGTH = struct.Struct(">I")
_SCHEMA_VERSION = 1
_MOST_PAYLOAD_BYTES = 1024 * 1024


class PayloadType(IntEnum):
    """What the payload of an input or output message is."""

    NONE = 0
    OUTPUT = 1
    """Bytes that were typed, or that the terminal shows."""
    SIZE = 3
    """JSON with the terminal's `cols` and `rows`."""
    HANDSHAKE_REQUEST = 5
    HANDSHAKE_RESPONSE = 6
    HANDSHAKE_COMPLETE = 7
    FLAG = 10
    """A number of 4 bytes, see TERMINATE_SESSION."""


TERMINATE_SESSION = 2
"""The flag with which a client ends its session."""


class InvalidMessage(ValueError):
    """The bytes are no message."""


@dataclass(frozen=True)
class AgentMessage:
    """A message. `sequence` counts the messages of one direction from 0."""

    type: str
    sequence: int
    payload: bytes
    payload_type: int = PayloadType.NONE
    flags: int = 0
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def encode(self) -> bytes:
        header = _HEADER.pack(
            _HEADER.size,
            self.type.encode().ljust(32),
            _SCHEMA_VERSION,
            int(time.time() * 1000),
            self.sequence,
            self.flags,
            # The lower half of an id comes first.
            self.id.bytes[8:] + self.id.bytes[:8],
            hashlib.sha256(self.payload).digest(),
            self.payload_type,
        )
        return header + _LENGTH.pack(len(self.payload)) + self.payload


class Decoder:
    """Makes messages of the bytes that arrive, however the network has divided them."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[AgentMessage]:
        """Returns the messages that are complete with these bytes. Raises InvalidMessage."""
        self._rest += data
        messages = []
        while message := self._next():
            messages.append(message)
        return messages

    def _next(self) -> AgentMessage | None:
        start = _HEADER.size + _LENGTH.size
        if len(self._rest) < start:
            return None
        size, kind, _, _, sequence, flags, identifier, digest, payload_type = _HEADER.unpack_from(self._rest)
        [length] = _LENGTH.unpack_from(self._rest, _HEADER.size)
        if size != _HEADER.size or length > _MOST_PAYLOAD_BYTES:
            raise InvalidMessage(f"a header of {size} bytes, a payload of {length} bytes")
        if len(self._rest) < start + length:
            return None
        payload, self._rest = self._rest[start : start + length], self._rest[start + length :]
        if length and hashlib.sha256(payload).digest() != digest:
            raise InvalidMessage("the payload does not have its digest")
        name = kind.rstrip(b"\x00 ").decode("ascii", "replace")
        message_id = uuid.UUID(bytes=identifier[8:] + identifier[:8])
        return AgentMessage(name, sequence, payload, payload_type, flags, message_id)
