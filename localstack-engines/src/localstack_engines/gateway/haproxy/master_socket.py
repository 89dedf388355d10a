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
"""Seconds."""
_FORMER_WORKER_TIMEOUT = 0.25
"""Seconds. A worker that exits does not answer any more; the next command shows that it has exited."""


class CommandFailed(Exception):
    """HAProxy refused a command. The message is its answer."""


@dataclass(frozen=True)
class MasterSocket:
    """Sends commands to HAProxy's master and to its workers."""

    path: Path

    def reload(self) -> None:
        """Starts a worker with the present configuration file and retires the old one.

        Returns when the old worker accepts no connection any more and passes its clients' further requests on to the
        new one. Raises CommandFailed when HAProxy refuses the configuration, or when the old worker does not retire.
        """
        old = self.workers()
        answer = self.command("reload")
        if not answer.startswith("Success=1"):
            raise CommandFailed(answer.strip())
        deadline = time.monotonic() + _TIMEOUT
        while any(not self._retired(pid) for pid in old):
            if time.monotonic() > deadline:
                raise CommandFailed(f"HAProxy's former worker still takes connections after {_TIMEOUT:g} s")
            time.sleep(0.002)

    def workers(self) -> list[int]:
        """Returns the process ids of the workers that are not being replaced."""
        current, _, _ = self.command("show proc").partition("# old workers")
        rows = [line.split() for line in current.splitlines() if line and not line.startswith("#")]
        return [int(row[0]) for row in rows if len(row) > 1 and row[1] == "worker"]

    def in_every_worker(self, *commands: str) -> list[str]:
        """Runs the commands in every worker and returns the answers in one list."""
        return [self.command(f"@!{pid} {command}") for pid in self.workers() for command in commands]

    def _retired(self, pid: int) -> bool:
        """Returns whether a former worker has stopped or is stopping."""
        try:
            os.kill(pid, 0)
            answer = self.command(f"@!{pid} show info", _FORMER_WORKER_TIMEOUT)
        except ProcessLookupError:
            return True
        except TimeoutError:
            return False
        return "Stopping: 1" in answer or "Pid:" not in answer

    def command(self, text: str, seconds: float = _TIMEOUT) -> str:
        """Runs a command and returns HAProxy's answer. Raises TimeoutError when nothing comes for `seconds`."""
        chunks = []
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(seconds)
            connection.connect(str(self.path))
            connection.sendall(text.encode() + b"\n")
            # Without this HAProxy would wait for another command.
            connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        return b"".join(chunks).decode(errors="replace")


def add_server(master: MasterSocket, section: str, server: Server, options: str) -> None:
    """Adds a server to a section, or takes one back into service that was removed from it. Raises CommandFailed."""
    name = f"{section}/{server.name}"
    for pid in master.workers():
        answer = master.command(f"@!{pid} add server {name} {server.endpoint} pool-purge-delay 1s{options}")
        if "registered" not in answer and "lready exists" not in answer:
            raise CommandFailed(f"add server {name}: {answer.strip()}")
        # New and removed servers are in maintenance mode.
        answer = master.command(f"@!{pid} set server {name} state ready")
        if answer.strip():
            raise CommandFailed(f"enable {name}: {answer.strip()}")


def remove_server(master: MasterSocket, section: str, server: Server) -> None:
    """Removes a server from a section. Requests that it is working on are finished. Raises CommandFailed."""
    name = f"{section}/{server.name}"
    answers = master.in_every_worker(f"set server {name} state maint")
    if problems := [answer.strip() for answer in answers if answer.strip()]:
        raise CommandFailed(f"disable {name}: {problems[0]}")
    # HAProxy refuses this while the server has connections; then it stays in maintenance mode until the next reload.
    master.in_every_worker(f"del server {name}")
