"""The sessions of ExecuteCommand that no client has opened yet."""

import secrets
import threading
import time
import uuid
from dataclasses import dataclass, field

_OPENED_WITHIN_SECONDS = 300.0


@dataclass(frozen=True)
class ExecSession:
    """What a client may do once: run `command` in the container. `token` proves that it may."""

    container_id: str
    command: list[str]
    id: str = field(default_factory=lambda: f"ecs-execute-command-{uuid.uuid4().hex[:17]}")
    token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    created_at: float = field(default_factory=time.monotonic)


class ExecSessions:
    """Remembers sessions for five minutes, or until a client opens them."""

    def __init__(self) -> None:
        self._sessions: dict[str, ExecSession] = {}
        self._lock = threading.Lock()

    def add(self, container_id: str, command: list[str]) -> ExecSession:
        session = ExecSession(container_id, command)
        with self._lock:
            horizon = time.monotonic() - _OPENED_WITHIN_SECONDS
            self._sessions = {key: one for key, one in self._sessions.items() if one.created_at > horizon}
            self._sessions[session.id] = session
        return session

    def take(self, session_id: str, token: str) -> ExecSession | None:
        """Returns the session, once, if the token is its own."""
        with self._lock:
            found = self._sessions.get(session_id)
            if found is None or not secrets.compare_digest(found.token.encode(), token.encode()):
                return None
            return self._sessions.pop(session_id)
