"""SupervisedProcess against real child processes."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.waiting import until
from localstack_engines.toolkit.process import Backoff, ProcessFailed, ProcessSpec, SupervisedProcess, tcp_probe

SERVER = """
import signal, socket, sys
if "--ignore-sigterm" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
while True: server.accept()[0].close()
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def make(tmp_path: Path, port: int) -> Iterator[Callable[..., SupervisedProcess]]:
    made: list[SupervisedProcess] = []

    def _make(code: str = SERVER, *arguments: str, **options: object) -> SupervisedProcess:
        spec = ProcessSpec(
            name="server",
            argv=[sys.executable, "-c", code, str(port), *arguments],
            log_file=tmp_path / "server.log",
            ready=tcp_probe(port),
            backoff=Backoff(initial=0.02),
            **options,  # type: ignore[arg-type]
        )
        made.append(SupervisedProcess(spec))
        return made[-1]

    yield _make
    for process in made:
        process.stop()


def test_start_returns_when_the_probe_answers(make: Callable[..., SupervisedProcess], port: int) -> None:
    process = make()
    process.start()
    assert process.ready
    assert tcp_probe(port)()
    assert process.log_tail() == "listening"


def test_a_killed_process_is_restarted(make: Callable[..., SupervisedProcess]) -> None:
    process = make()
    process.start()
    first = process.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    until("another process", lambda: process.ready and process.pid != first)
    assert process.restarts == 1


def test_a_process_that_exits_at_start_is_reported_with_its_output(make: Callable[..., SupervisedProcess]) -> None:
    process = make("import sys; print('no such directory'); sys.exit(3)")
    with pytest.raises(ProcessFailed, match=r"(?s)exited with status 3:\nno such directory"):
        process.start()
    assert process.restarts == 0


def test_a_process_that_never_answers_is_killed(make: Callable[..., SupervisedProcess]) -> None:
    process = make("import time; time.sleep(60)", ready_timeout=0.2)
    with pytest.raises(ProcessFailed, match="was not ready"):
        process.start()
    assert not process.running


def test_missing_executable_and_unknown_user_are_reported(tmp_path: Path) -> None:
    for change in ({"argv": ["/no/such/program"]}, {"argv": ["/bin/true"], "user": "nobody-here"}):
        spec = ProcessSpec(name="x", log_file=tmp_path / "x", ready=lambda: True, **change)  # type: ignore[arg-type]
        with pytest.raises(ProcessFailed, match="could not be started"):
            SupervisedProcess(spec).start()


def test_stop_is_final_and_start_works_again(make: Callable[..., SupervisedProcess]) -> None:
    process = make()
    process.start()
    process.stop()
    assert not process.running
    assert not process.ready
    process.start()
    assert process.ready


def test_a_process_that_ignores_sigterm_is_killed_after_the_timeout(make: Callable[..., SupervisedProcess]) -> None:
    process = make(SERVER, "--ignore-sigterm", stop_timeout=0.2)
    process.start()
    process.stop()
    assert not process.running


def test_stop_during_start_does_not_hang(make: Callable[..., SupervisedProcess]) -> None:
    process = make("import time; time.sleep(60)")
    process.launch()
    process.stop()
    with pytest.raises(ProcessFailed, match="was stopped"):
        process.wait_started()


def test_backoff_grows_is_jittered_and_capped() -> None:
    backoff = Backoff(initial=1, maximum=8)
    assert 0.5 <= backoff.delay(1) <= 1
    assert 4 <= backoff.delay(5000) <= 8
    assert len({backoff.delay(4) for _ in range(20)}) > 1
