"""Connects the client of a session to a command's terminal, in the protocol of Session Manager's data channel.

The two agree on the kind of session first (the handshake). Then the client sends what is typed and the size of its
terminal, and gets what the command writes. Source: https://github.com/aws/session-manager-plugin (src/datachannel).
"""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from localstack_engines.services.ecs.control.agent_message import (
    ACKNOWLEDGE,
    CHANNEL_CLOSED,
    INPUT,
    TERMINATE_SESSION,
    AgentMessage,
    Decoder,
    PayloadType,
)
from localstack_engines.services.ecs.control.outgoing_messages import ClientGone, OutgoingMessages
from localstack_engines.services.ecs.engine.terminal import Terminal

LOG = logging.getLogger(__name__)

_AGENT_VERSION = "3.3.0.0"
"""A version from which on a client takes part in the handshake and ends a session with a flag."""
_SESSION_TYPE = "InteractiveCommands"
_OUTPUT_BYTES = 16 * 1024


class DataChannel:
    """One session. `send` takes the bytes of a message and may be called from any thread."""

    def __init__(self, session_id: str, send: Callable[[bytes], None], terminal: Terminal) -> None:
        self._id = session_id
        self._send = send
        self._terminal = terminal
        self._outgoing = OutgoingMessages(send)
        self._expected = 0
        self._is_open = False

    def run(self, received: Iterable[bytes], hang_up: Callable[[], None]) -> None:
        """Serves the session until the client leaves or the command ends. `hang_up` then disconnects the client."""
        decoder = Decoder()
        try:
            self._outgoing.post(PayloadType.HANDSHAKE_REQUEST, _json(_handshake()))
            for data in received:
                for message in decoder.feed(data):
                    self._handle(message, hang_up)
        except ClientGone:
            LOG.info("session %s: the client is gone", self._id)
        finally:
            self._outgoing.close()
            self._terminal.close()

    def _handle(self, message: AgentMessage, hang_up: Callable[[], None]) -> None:
        if message.type == ACKNOWLEDGE:
            self._outgoing.acknowledged(json.loads(message.payload)["AcknowledgedMessageSequenceNumber"])
        elif message.type == INPUT and message.sequence <= self._expected:
            # A message that comes once more was acknowledged too late.
            self._acknowledge(message)
            if message.sequence == self._expected:
                self._expected += 1
                self._take(message, hang_up)

    def _take(self, message: AgentMessage, hang_up: Callable[[], None]) -> None:
        if message.payload_type == PayloadType.HANDSHAKE_RESPONSE:
            self._begin(json.loads(message.payload), hang_up)
        elif message.payload_type == PayloadType.OUTPUT:
            self._terminal.write(message.payload)
        elif message.payload_type == PayloadType.SIZE:
            size = json.loads(message.payload)
            self._terminal.resize(int(size["cols"]), int(size["rows"]))
        elif message.payload_type == PayloadType.FLAG and int.from_bytes(message.payload, "big") == TERMINATE_SESSION:
            self._terminal.close()

    def _begin(self, response: dict[str, Any], hang_up: Callable[[], None]) -> None:
        """Ends the handshake, and begins to send the command's output."""
        if response.get("Errors") or self._is_open:
            hang_up()
            return
        self._is_open = True
        self._outgoing.post(
            PayloadType.HANDSHAKE_COMPLETE, _json({"HandshakeTimeToComplete": 0, "CustomerMessage": ""})
        )
        threading.Thread(target=self._send_output, args=(hang_up,), name="ecs-session-output", daemon=True).start()

    def _send_output(self, hang_up: Callable[[], None]) -> None:
        try:
            while data := self._terminal.read():
                for start in range(0, len(data), _OUTPUT_BYTES):
                    self._outgoing.post(PayloadType.OUTPUT, data[start : start + _OUTPUT_BYTES])
            self._outgoing.drain()
            self._send(AgentMessage(CHANNEL_CLOSED, 0, _json(self._closed())).encode())
        except ClientGone:
            LOG.info("session %s: the client is gone", self._id)
        finally:
            hang_up()

    def _acknowledge(self, message: AgentMessage) -> None:
        content = {
            "AcknowledgedMessageType": message.type,
            "AcknowledgedMessageId": str(message.id),
            "AcknowledgedMessageSequenceNumber": message.sequence,
            "IsSequentialMessage": True,
        }
        self._send(AgentMessage(ACKNOWLEDGE, 0, _json(content)).encode())

    def _closed(self) -> dict[str, Any]:
        return {"SessionId": self._id, "MessageType": CHANNEL_CLOSED, "SchemaVersion": 1, "Output": ""}


def _handshake() -> dict[str, Any]:
    parameters = {"SessionType": _SESSION_TYPE, "Properties": {}}
    action = {"ActionType": "SessionType", "ActionParameters": parameters}
    return {"AgentVersion": _AGENT_VERSION, "RequestedClientActions": [action]}


def _json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()
