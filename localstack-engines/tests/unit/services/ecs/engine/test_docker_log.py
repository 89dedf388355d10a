"""A log's bytes become lines, wherever the pieces are cut."""

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from localstack_engines.services.ecs.engine import docker_log
from localstack_engines.services.ecs.engine.docker_log import Parser

STAMP = "2026-03-01T10:00:00.123456789Z"
MOMENT = 1772359200123


def frame(text: str, stream: int = 1) -> bytes:
    content = f"{STAMP} {text}".encode()
    return bytes([stream, 0, 0, 0]) + len(content).to_bytes(4, "big") + content


@pytest.mark.parametrize("size", [1, 7, 8, 9, 50, 1000])
def test_lines_are_the_same_however_the_bytes_arrive(size: int) -> None:
    data = b"".join(frame(f"line {number} é\n") for number in range(5))
    parser = Parser()
    lines = [line for start in range(0, len(data), size) for line in parser.feed(data[start : start + size])]
    assert lines == [(MOMENT, f"line {number} é") for number in range(5)]
    assert parser.end() == []


def test_parts_of_a_long_line_are_joined_although_the_other_stream_writes_in_between() -> None:
    parser = Parser()
    assert parser.feed(frame("begin ") + frame("error\n", stream=2)) == [(MOMENT, "error")]
    assert parser.feed(frame("end\n")) == [(MOMENT, "begin end")]


def test_a_last_line_without_a_line_break_is_kept() -> None:
    parser = Parser()
    assert parser.feed(frame("half")) == []
    assert parser.end() == [(MOMENT, "half")]


def test_a_terminals_output_has_no_frames() -> None:
    parser = Parser(terminal=True)
    assert parser.feed(f"{STAMP} one\r\n{STAMP} t".encode()) == [(MOMENT, "one")]
    assert parser.feed(b"wo") == []
    assert parser.end() == [(MOMENT, "two")]


def test_times_are_read_with_and_without_a_fraction() -> None:
    parser = Parser(terminal=True)
    assert parser.feed(b"2026-03-01T10:00:00Z a\n2026-03-01T10:00:01.5Z b\n") == [
        (MOMENT - 123, "a"),
        (MOMENT - 123 + 1500, "b"),
    ]


@pytest.fixture
def requests() -> list[str]:
    """The requests that the daemon has received."""
    return []


@pytest.fixture
def daemon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, requests: list[str]
) -> Iterator[Callable[[list[bytes]], None]]:
    """Gives one answer, in these parts, to the first client that connects."""
    path = tmp_path / "docker.sock"
    monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def answer(parts: list[bytes]) -> None:
        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                requests.append(connection.recv(4096).decode())
                for part in parts:
                    connection.sendall(part)

        threading.Thread(target=serve, daemon=True).start()

    yield answer
    server.close()


HEAD = b"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n"


def test_a_burst_is_read_to_its_end(daemon: Callable[[list[bytes]], None]) -> None:
    daemon([HEAD, *(frame(f"{number}\n") for number in range(5000))])
    lines = [text for piece in docker_log.pieces("c") for _, text in piece]
    assert lines == [str(number) for number in range(5000)]


def test_the_first_lines_may_come_with_the_head(daemon: Callable[[list[bytes]], None]) -> None:
    daemon([HEAD + frame("first\n"), frame("second\n")])
    assert [text for _, text in docker_log.read("c", tail=2, follow=False)] == ["first", "second"]


def test_a_restarted_containers_log_is_read_from_the_end_of_its_last_run_on(
    daemon: Callable[[list[bytes]], None], requests: list[str]
) -> None:
    daemon([HEAD, frame("second run\n")])
    since = datetime(2026, 3, 1, 10, 0, 0, 250_000, tzinfo=UTC)
    assert [text for piece in docker_log.pieces("c", since=since) for _, text in piece] == ["second run"]
    assert "since=1772359200.250000" in requests[0]


def test_the_daemons_refusal_is_told(daemon: Callable[[list[bytes]], None]) -> None:
    daemon([b'HTTP/1.0 404 Not Found\r\n\r\n{"message":"No such container: c"}'])
    with pytest.raises(docker_log.LogUnavailable, match=r"404.*No such container"):
        list(docker_log.read("c"))


def test_an_address_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "ssh://elsewhere")
    with pytest.raises(docker_log.LogUnavailable, match="ssh://elsewhere"):
        list(docker_log.read("c"))
