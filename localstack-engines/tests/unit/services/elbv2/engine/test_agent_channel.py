"""The connection to an agent, which is a thread of the test at the other end of a pair of sockets."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from unittest.mock import Mock

import pytest

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.services.elbv2.engine import agent_channel
from localstack_engines.services.elbv2.engine.agent_channel import AgentChannel

Agent = Callable[[socket.socket], None]


def frame(stream: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", stream, len(data)) + data


def channel(*agents: Agent) -> AgentChannel:
    """Returns a channel that finds the first agent, and the next one each time it starts one again."""
    waiting = list(agents)

    def start(execution: str, **options: object) -> Mock:
        ours, theirs = socket.socketpair()
        threading.Thread(target=waiting.pop(0), args=(theirs,), daemon=True).start()
        return Mock(_sock=ours)

    api = Mock()
    api.exec_create.return_value = {"Id": "execution"}
    api.exec_start.side_effect = start
    return AgentChannel(api, "container")


def answering(connection: socket.socket) -> None:
    """Answers a request in two pieces, after a warning, and ends."""
    with connection, connection.makefile("rb") as stream:
        steps = json.loads(stream.readline())["steps"]
        text = json.dumps({"error": None, "results": steps}).encode() + b"\n"
        connection.sendall(frame(2, b"a warning") + frame(1, text[:9]) + frame(1, text[9:]))


def test_answers_come_in_pieces_and_an_agent_that_has_ended_is_started_again() -> None:
    agents = channel(answering, answering)
    assert agents.run([["first"]]) == [["first"]]
    assert agents.run([["second"]]) == [["second"]]


def test_an_agent_that_cannot_run_fails_with_its_words() -> None:
    def broken(connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as stream:
            stream.readline()
            connection.sendall(frame(2, b"no such file"))

    with pytest.raises(CommandFailed, match="no such file"):
        channel(broken).run([["ready"]])


def test_a_silent_agent_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_channel, "_TIMEOUT", 0.1)
    over = threading.Event()

    def silent(connection: socket.socket) -> None:
        over.wait(5)

    with pytest.raises(CommandFailed, match="timed out"):
        channel(silent).run([["ready"]])
    over.set()
