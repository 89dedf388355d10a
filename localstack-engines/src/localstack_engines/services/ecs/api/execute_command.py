"""ExecuteCommand, and the WebSocket at which AWS's session-manager-plugin opens a session.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
"""

import json
import logging
import shlex
from collections.abc import Callable, Iterator
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.control.agent_message import InvalidMessage
from localstack_engines.services.ecs.control.data_channel import DataChannel
from localstack_engines.services.ecs.control.exec_sessions import ExecSession, ExecSessions
from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.terminal import Terminal, TerminalUnavailable
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Task
from localstack_engines.toolkit.errors import ServiceError

LOG = logging.getLogger(__name__)

_PATH = "/_aws/ecs/sessions"
_POLICY_VIOLATION = 1008
_MOST_TOKEN_BYTES = 64 * 1024


class ExecuteCommandOperations(Operations):
    """Begins sessions in the containers of running tasks."""

    def execute_command(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        task = self.store.find_task(scope, identifiers.name_of(scope, "task", request["task"]))
        if task is None or task.status != "RUNNING" or not task.is_wanted:
            raise invalid_parameter("The specified task is not running.")
        if not request["interactive"]:
            raise invalid_parameter("Interactive is the only mode supported currently.")
        if not task.enable_execute_command:
            raise invalid_parameter(
                "The execute command failed because execute command was not enabled when the task was run or the "
                "execute command agent isn't running. Wait and try again or run a new task with execute command "
                "enabled and try again."
            )
        container = _container(task, request.get("container"))
        session = self.exec_sessions.add(container.runtime_id or "", _arguments(request["command"]))
        return {
            "clusterArn": scope.cluster_arn,
            "containerArn": task.container_arn(container.name),
            "containerName": container.name,
            "interactive": True,
            "session": {
                "sessionId": session.id,
                "streamUrl": f"ws://{context.request.host}{_PATH}/{session.id}",
                "tokenValue": session.token,
            },
            "taskArn": task.arn,
        }


def _container(task: Task, name: str | None) -> ContainerState:
    if name is None and len(task.containers) > 1:
        raise invalid_parameter("A container name must be specified for a task with more than one container.")
    container = task.containers.get(name or next(iter(task.containers)))
    if container is None:
        raise invalid_parameter(f"The container '{name}' does not exist in the task.")
    if container.status != "RUNNING" or not container.runtime_id:
        raise ServiceError(
            "TargetNotConnectedException",
            "The execute command failed due to an internal error: the container does not run. Try again later.",
        )
    return container


def _arguments(command: str) -> list[str]:
    """Returns the program and its arguments. No shell reads the command: it is split as a shell would do it."""
    try:
        arguments = shlex.split(command)
    except ValueError as error:
        raise invalid_parameter(f"The command cannot be split into arguments: {error}.") from error
    if not arguments:
        raise invalid_parameter("The command cannot be empty.")
    return arguments


def serve(sessions: ExecSessions, open_terminal: Callable[[str, list[str]], Terminal]) -> None:
    """Adds the WebSocket to LocalStack's gateway."""
    from localstack.services.edge import ROUTER

    def session(request: Any, session_id: str) -> None:
        with request.accept() as socket:
            received = iter(socket)
            found = _authenticated(sessions, session_id, received)
            if found is None:
                socket.close(_POLICY_VIOLATION, "The token is not valid.")
                return
            _run(found, socket, received, open_terminal)

    ROUTER.add(f"{_PATH}/<session_id>", endpoint=session, methods=["WEBSOCKET"])


def _authenticated(sessions: ExecSessions, session_id: str, received: Iterator[str | bytes]) -> ExecSession | None:
    """Returns the session whose token the client sends in its first message, a JSON object."""
    text = ""
    for piece in received:
        text += piece if isinstance(piece, str) else piece.decode("utf-8", "replace")
        try:
            message = json.loads(text)
        except ValueError:
            # The network may have divided the message.
            if len(text) > _MOST_TOKEN_BYTES:
                return None
            continue
        return sessions.take(session_id, str(message.get("TokenValue"))) if isinstance(message, dict) else None
    return None


def _run(
    session: ExecSession,
    socket: Any,
    received: Iterator[str | bytes],
    open_terminal: Callable[[str, list[str]], Terminal],
) -> None:
    from twisted.internet import reactor

    def in_reactor(call: Callable[..., None], *arguments: Any) -> None:
        # The server's connections are not made for several threads.
        reactor.callFromThread(call, *arguments)

    try:
        terminal = open_terminal(session.container_id, session.command)
    except TerminalUnavailable as error:
        socket.close(_POLICY_VIOLATION, str(error)[:100])
        return
    channel = DataChannel(session.id, lambda data: in_reactor(socket.send, data), terminal)
    try:
        channel.run((data for data in received if isinstance(data, bytes)), lambda: in_reactor(socket.close))
    except (InvalidMessage, ValueError, KeyError, TypeError) as error:
        LOG.warning("session %s: a message that is not of the protocol: %s", session.id, error)
