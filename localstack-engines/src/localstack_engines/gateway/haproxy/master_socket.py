"""HAProxy's master socket: reloads, and commands to its worker.

Source: HAProxy's Management Guide, 9.4 "Master CLI".
"""

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from localstack_engines.gateway.model import Server

_TIMEOUT = 15.0
_PATIENCE_WITH_A_FORMER_WORKER = 0.25
"""Seconds. A question that reaches a worker while it exits is never answered; asked again, it is seen to be gone."""


class RuntimeFailed(Exception):
    """HAProxy refused a command; the message is its answer."""


@dataclass(frozen=True)
class MasterSocket:
    path: Path

    def reload(self) -> None:
        """Start a worker with the configuration file's present content and retire the old one.

        Returns when the old one accepts nothing any more and gives what still comes to the new one.
        """
        old = self.workers()
        answer = self.command("reload")
        if not answer.startswith("Success=1"):
            raise RuntimeFailed(answer.strip())
        deadline = time.monotonic() + _TIMEOUT
        while any(not self._retired(pid) for pid in old) and time.monotonic() < deadline:
            time.sleep(0.002)

    def workers(self) -> list[int]:
        """Process ids of the workers that are not being replaced."""
        current, _, _ = self.command("show proc").partition("# old workers")
        rows = [line.split() for line in current.splitlines() if line and not line.startswith("#")]
        return [int(row[0]) for row in rows if len(row) > 1 and row[1] == "worker"]

    def everywhere(self, *commands: str) -> list[str]:
        """The commands in every worker; returns the answers in one list."""
        return [self.command(f"@!{pid} {command}") for pid in self.workers() for command in commands]

    def _retired(self, pid: int) -> bool:
        """Whether a former worker has stopped, or is stopping."""
        try:
            os.kill(pid, 0)
            answer = self.command(f"@!{pid} show info", _PATIENCE_WITH_A_FORMER_WORKER)
        except ProcessLookupError:
            return True
        except TimeoutError:
            return False
        return "Stopping: 1" in answer or "Pid:" not in answer

    def command(self, text: str, seconds: float = _TIMEOUT) -> str:
        """What HAProxy answers. Raises TimeoutError when nothing comes for `seconds`."""
        chunks = []
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(str(self.path))
            connection.sendall(text.encode() + b"\n")
            # HAProxy would wait for the next command.
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        return b"".join(chunks).decode(errors="replace")


def add_server(master: MasterSocket, section: str, server: Server, options: str) -> None:
    """Let a server take part; one that was there before and had left comes back."""
    name = f"{section}/{server.name}"
    host = f"[{server.address}]" if ":" in server.address else server.address
    for pid in master.workers():
        answer = master.command(f"@!{pid} add server {name} {host}:{server.port} pool-purge-delay 1s{options}")
        if "registered" not in answer and "lready exists" not in answer:
            raise RuntimeFailed(f"add server {name}: {answer.strip()}")
        # A new one starts in maintenance, a former one is in it.
        answer = master.command(f"@!{pid} set server {name} state ready")
        if answer.strip():
            raise RuntimeFailed(f"enable {name}: {answer.strip()}")


def remove_server(master: MasterSocket, section: str, server: Server) -> None:
    """Send a server nothing new; what it is working on runs to its end."""
    name = f"{section}/{server.name}"
    answers = master.everywhere(f"set server {name} state maint")
    if problems := [answer.strip() for answer in answers if answer.strip()]:
        raise RuntimeFailed(f"disable {name}: {problems[0]}")
    # Refused while it still has connections; then it stays in maintenance until the next reload.
    master.everywhere(f"del server {name}")
