"""The messages from a session to its client, which acknowledges each one."""

import threading
import time
from collections.abc import Callable

from localstack_engines.services.ecs.control.agent_message import OUTPUT, AgentMessage, PayloadType

_WINDOW = 64
"""The most messages that may be on their way: a client that does not keep up slows the command down."""
_RESEND_SECONDS = 0.5
_GIVE_UP_SECONDS = 30.0


class ClientGone(Exception):
    """The client no longer acknowledges messages, or the session is over."""


class OutgoingMessages:
    """Sends messages in order. A client drops those that come before it is ready, so they are sent again."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self._send = send
        self._sequence = 0
        self._waiting: dict[int, bytes] = {}
        """The messages without an acknowledgement, by their sequence number, the oldest first."""
        self._changed = threading.Condition()
        self._closed = False
        threading.Thread(target=self._resend, name="ecs-session-resend", daemon=True).start()

    def post(self, payload_type: PayloadType, payload: bytes) -> None:
        """Sends a message. Waits while too many are on their way. Raises ClientGone."""
        with self._changed:
            self._wait_for(lambda: len(self._waiting) < _WINDOW)
            data = AgentMessage(OUTPUT, self._sequence, payload, payload_type).encode()
            self._waiting[self._sequence] = data
            self._sequence += 1
            self._send(data)
            self._changed.notify_all()

    def acknowledged(self, sequence: int) -> None:
        with self._changed:
            self._waiting.pop(sequence, None)
            self._changed.notify_all()

    def drain(self) -> None:
        """Waits until the client has all messages. Raises ClientGone."""
        with self._changed:
            self._wait_for(lambda: not self._waiting)

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _wait_for(self, condition: Callable[[], bool]) -> None:
        known = self._changed.wait_for(lambda: self._closed or condition(), _GIVE_UP_SECONDS)
        if self._closed or not known:
            raise ClientGone

    def _resend(self) -> None:
        """Sends the oldest message again when it has waited for long: later ones may have overtaken it."""
        oldest, since = -1, time.monotonic()
        with self._changed:
            while not self._closed:
                first = next(iter(self._waiting), -1)
                if first != oldest:
                    oldest, since = first, time.monotonic()
                elif first >= 0 and time.monotonic() - since >= _RESEND_SECONDS:
                    self._send(self._waiting[first])
                    since = time.monotonic()
                self._changed.wait(_RESEND_SECONDS if self._waiting else None)
