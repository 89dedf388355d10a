"""Reloads through HAProxy's master socket."""

from __future__ import annotations

import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localstack_engines.gateway.haproxy.master_socket import CommandFailed, MasterSocket


class Master(socketserver.ThreadingUnixStreamServer):
    """A master with one worker. During a reload the worker exits and answers no command."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        self.worker = subprocess.Popen(["sleep", "60"])
        self.stopping = threading.Event()
        super().__init__(str(path), Answer)


class Answer(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        command = self.rfile.readline().decode().strip()
        if command == "show proc":
            self.wfile.write(f"#<PID> <type>\n{self.server.worker.pid} worker 0\n# old workers\n".encode())
        elif command == "reload":
            self.wfile.write(b"Success=1\n")
            threading.Timer(0.1, self._exit).start()
        else:
            self.server.stopping.wait(60)

    def _exit(self) -> None:
        self.server.worker.kill()
        self.server.worker.wait()


@pytest.fixture
def master(tmp_path: Path) -> Iterator[MasterSocket]:
    path = tmp_path / "master.sock"
    server = Master(path)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield MasterSocket(path)
    server.stopping.set()
    server.shutdown()
    server.worker.kill()


def test_a_worker_that_exits_without_an_answer_does_not_delay_a_reload(master: MasterSocket) -> None:
    started = time.monotonic()
    master.reload()
    assert time.monotonic() - started < 5


def test_a_worker_that_stays_fails_the_reload(master: MasterSocket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("localstack_engines.gateway.haproxy.master_socket._TIMEOUT", 0.3)
    monkeypatch.setattr(Answer, "_exit", lambda self: None)
    with pytest.raises(CommandFailed, match="still takes connections"):
        master.reload()
