"""The server of sub-requests, and requests that are sent again, over Unix sockets."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from localstack_engines.gateway import headers
from localstack_engines.gateway.subrequests import http_server
from localstack_engines.gateway.subrequests.buffering import send_again
from localstack_engines.gateway.subrequests.http_server import HttpServer
from localstack_engines.gateway.subrequests.messages import Refused, Reply, Request, error

CHUNKED = "transfer-encoding: chunked"


def answer(request: Request) -> Iterable[bytes]:
    """Describes the request."""
    try:
        text = f"{request.method} {request.target} {request.header('x')} {len(request.body())}"
        return [Reply(200, [], text.encode()).encode(request.method)]
    except Refused as refused:
        return [error(refused.status, str(refused)).encode(request.method)]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "server.sock"
    server = HttpServer(path, answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield path
    server.shutdown()
    server.server_close()


@contextlib.contextmanager
def connected(path: Path, start: str, *fields: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(10)
        connection.connect(str(path))
        connection.sendall("\r\n".join([f"{start} HTTP/1.1", *fields, "", ""]).encode())
        yield connection


def received(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def test_the_target_of_a_request_arrives_as_it_was_sent(server: Path) -> None:
    with connected(server, "PURGE //a%20b/?c=%2F", "X: é") as connection:
        assert received(connection).endswith("\r\n\r\nPURGE //a%20b/?c=%2F Ã© 0".encode())


def test_a_request_that_is_not_http_is_answered_like_any_error(server: Path) -> None:
    with connected(server, "GET / HTTP/9.9 x") as connection:
        head, _, body = received(connection).partition(b"\r\n\r\n")
    assert (head.splitlines()[0], body) == (b"HTTP/1.1 400 Bad Request", b'{"message":"Bad Request"}')
    assert b"server" not in head.lower()


@pytest.mark.parametrize(("field", "piece"), [(CHUNKED, b"1\r\nx\r\n"), ("content-length: 100", b"x")])
def test_the_deadline_is_for_the_whole_request(
    server: Path, monkeypatch: pytest.MonkeyPatch, field: str, piece: bytes
) -> None:
    monkeypatch.setattr(http_server, "REQUEST_SECONDS", 0.3)
    started = time.monotonic()
    with connected(server, "POST /", field) as connection:
        connection.settimeout(0.05)
        got = b""
        while not got and time.monotonic() < started + 5:
            connection.sendall(piece)
            with contextlib.suppress(TimeoutError):
                got = connection.recv(65536)
    assert got.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert 0.25 < time.monotonic() - started < 2


def test_an_answer_to_a_body_that_was_not_read_arrives(server: Path) -> None:
    with connected(server, "POST /", CHUNKED) as connection:
        # The server closes the connection in stages: all of this can be sent.
        for _ in range(300):
            connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert received(connection).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_reads_no_answer_loses_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "WRITE_SECONDS", 0.2)
    path, ended = tmp_path / "endless.sock", threading.Event()

    def endless(request: Request) -> Iterator[bytes]:
        try:
            while True:
                yield bytes(65536)
        finally:
            ended.set()

    server = HttpServer(path, endless)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    with connected(path, "GET /"):
        assert ended.wait(5)
    server.shutdown()
    server.server_close()


def test_a_connection_that_breaks_off_is_not_an_error_in_the_log(
    server: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    other = HttpServer(server.with_name("other.sock"), answer)
    for failure in (ConnectionResetError("reset"), ValueError("defect")):
        try:
            raise failure
        except (ConnectionError, ValueError):
            other.handle_error(None, None)
    other.server_close()
    assert [record.exc_info[1] for record in caplog.records if record.exc_info] == [failure]
    assert capfd.readouterr().err == ""


def test_a_request_is_sent_again_with_its_length(server: Path) -> None:
    fields = [
        (headers.CLIENT, "TCP4 1.2.3.4 5.6.7.8 9 10"),
        (headers.SUBREQUEST, "buffer"),
        ("trailer", "y"),
        ("x", "a"),
    ]
    request = Request(method="PUT", target="/x?y", headers=fields, stream=None)  # type: ignore[arg-type]
    sent: list[bytes] = []
    path = server.with_name("replay.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=_respond, args=(listener, sent, b"HTTP/1.1 200 OK\r\n\r\nok"), daemon=True).start()
        assert b"".join(send_again(path, request, b"hello")) == b"HTTP/1.1 200 OK\r\n\r\nok"
    line, _, message = sent[0].partition(b"\r\n")
    assert line == b"PROXY TCP4 1.2.3.4 5.6.7.8 9 10"
    assert message == b"PUT /x?y HTTP/1.1\r\nx: a\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"


def test_an_answer_may_come_before_the_body_has_been_sent(server: Path) -> None:
    request = Request(method="PUT", target="/", headers=[(headers.CLIENT, "UNKNOWN")], stream=None)  # type: ignore[arg-type]
    path = server.with_name("replay.sock")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        threading.Thread(target=_respond, args=(listener, [], b"HTTP/1.1 401 No\r\n\r\n"), daemon=True).start()
        assert b"".join(send_again(path, request, bytes(10_000_000))) == b"HTTP/1.1 401 No\r\n\r\n"


def _respond(listener: socket.socket, sent: list[bytes], response: bytes) -> None:
    """Reads the beginning of a request, answers, and waits for the end of it."""
    connection, _ = listener.accept()
    with connection:
        data = b""
        while b"connection: close\r\n\r\n" not in data or data.endswith(b"\r\n\r\n"):
            data += connection.recv(1024)
        sent.append(data)
        connection.sendall(response)
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.2)
