"""Checks of targets and matchers of status codes."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from localstack_engines.services.elbv2.engine.health_check import Check, check_target, matching_codes


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.lstrip("/")))
        self.send_header("x-agent", self.headers["user-agent"])
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_matchers() -> None:
    assert matching_codes("200,301-303") == {200, 301, 302, 303}
    # Nobody counts up to the last one.
    for wrong in ("2xx", "", "200-99999999999", "-200", "+200"):
        with pytest.raises(ValueError, match="no status code"):
            matching_codes(wrong)


def test_http(port: int) -> None:
    check = Check(protocol="HTTP", port=port, path="/204", codes=frozenset({204}))
    assert check_target(check, "127.0.0.1").passed
    other = check_target(Check(protocol="HTTP", port=port, path="/503", codes=frozenset({200})), "127.0.0.1")
    assert (other.reason, other.description) == (
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [503]",
    )


def test_tcp(port: int) -> None:
    assert check_target(Check(protocol="TCP", port=port), "127.0.0.1").passed


def test_a_refused_connection_and_a_silent_target() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        assert check_target(Check(protocol="TCP", port=port), "127.0.0.1").reason == "Target.FailedHealthChecks"
        listening.listen()
        check = Check(protocol="HTTP", port=port, codes=frozenset({200}), timeout=0.1)
        assert check_target(check, "127.0.0.1").reason == "Target.Timeout"
