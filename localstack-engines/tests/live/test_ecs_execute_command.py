"""ExecuteCommand: sessions with a terminal in the containers of tasks."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Lab, containers
from lab.errors import refused
from lab.sessions import Closed, Session
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def task(lab: Lab) -> str:
    """A running task with two containers, whose commands may be executed."""
    definition = lab.register(lab.container("sleep 300"), lab.container("sleep 300", "second", user="nobody"))
    task = lab.run(definition, enableExecuteCommand=True)
    lab.running(task)
    return task


def execute(lab: Lab, task: str, command: str, container: str = "app") -> dict[str, Any]:
    arguments = {"cluster": lab.name, "task": task, "container": container, "command": command}
    return dict(lab.ecs.execute_command(**arguments, interactive=True))


def test_a_shell_has_a_terminal_of_the_clients_size(lab: Lab, task: str) -> None:
    response = execute(lab, task, "/bin/sh")
    assert (response["containerName"], response["taskArn"]) == ("app", task)
    session = Session(response["session"])
    session.resize(101, 37)
    session.type("stty size; tty; echo $((40 + 2))-$AWS_REGION\r")
    seen = session.until("42-us-east-1")
    assert "37 101" in seen
    assert "/dev/pts/" in seen
    session.resize(55, 20)
    session.type("stty size\r")
    session.until("20 55")
    session.type("exit\r")
    session.end()


def test_a_command_runs_as_root_without_a_shell(lab: Lab, task: str) -> None:
    session = Session(execute(lab, task, "sh -c 'id -un; echo \"$0\" \"$1\"' a 'b c'", "second")["session"])
    assert session.end().split("\r\n") == ["root", "a b c", ""]


def test_large_output_arrives_whole(lab: Lab, task: str) -> None:
    session = Session(execute(lab, task, "seq 1 200000")["session"])
    lines = session.end().split()
    assert (len(lines), lines[0], lines[-1]) == (200_000, "1", "200000")


def test_control_c_reaches_the_command(lab: Lab, task: str) -> None:
    session = Session(
        execute(lab, task, "sh -c 'trap \"echo caught; exit\" INT; echo ready; while :; do sleep 0.1; done'")["session"]
    )
    session.until("ready")
    session.type("\x03")
    assert "caught" in session.end()


def test_a_client_that_terminates_or_leaves_ends_its_shell(lab: Lab, task: str) -> None:
    def shells() -> int:
        # A process may end between its listing and its reading.
        command = "sh -c 'cat /proc/[0-9]*/comm 2>/dev/null | grep -c ^dash'"
        return int(Session(execute(lab, task, command)["session"]).end())

    for leave in (Session.terminate, Session.leave):
        session = Session(execute(lab, task, "dash")["session"])
        session.type("echo be''gun\r")
        session.until("begun")
        assert shells() == 1
        leave(session)
        until("the shell to end", lambda: shells() == 0)


def test_a_session_needs_its_token_and_opens_once(lab: Lab, task: str) -> None:
    session = execute(lab, task, "echo once")["session"]
    with pytest.raises(Closed):
        Session(session, token="another")
    assert Session(session).end() == "once\r\n"
    with pytest.raises(Closed):
        Session(session)


def test_a_command_that_does_not_exist_says_so(lab: Lab, task: str) -> None:
    assert "not found" in Session(execute(lab, task, "no-such-program")["session"]).end()


def test_describe_tasks_shows_the_agent(lab: Lab, task: str) -> None:
    [agent] = containers(lab.task(task))["app"]["managedAgents"]
    assert (agent["name"], agent["lastStatus"]) == ("ExecuteCommandAgent", "RUNNING")
    assert agent["lastStartedAt"]


def test_logs_and_keys_of_sessions_are_refused(lab: Lab) -> None:
    for settings, member in (
        ({"kmsKeyId": "alias/x"}, "kmsKeyId"),
        ({"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "x"}}, "logging"),
    ):
        configuration = {"executeCommandConfiguration": settings}
        call = {"cluster": lab.name, "configuration": configuration}
        refused(lab.ecs.update_cluster, "InvalidParameterException", member, **call)


def test_what_ecs_refuses(lab: Lab, task: str) -> None:
    call = {"cluster": lab.name, "task": task, "command": "true", "interactive": True}
    execute_command = lab.ecs.execute_command
    refused(execute_command, "InvalidParameterException", "container name must be", **call)
    refused(execute_command, "InvalidParameterException", "'x' does not exist", **call, container="x")
    refused(execute_command, "InvalidParameterException", "only mode", **{**call, "interactive": False})
    refused(
        execute_command, "InvalidParameterException", "cannot be split", **{**call, "command": "'"}, container="app"
    )
    refused(execute_command, "InvalidParameterException", "not running", **{**call, "task": "absent"})
    without = lab.run(lab.register(lab.container("sleep 300")))
    lab.running(without)
    refused(execute_command, "InvalidParameterException", "was not enabled", **{**call, "task": without})
