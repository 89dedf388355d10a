"""@connections from an ECS task, at both addresses that a task may have."""

from collections.abc import Callable
from typing import Any

from lab.ecs import Lab
from lab.websocket import WebSocketApi, ask

# The signature is not checked, so a task without an SDK can send.
SEND = """
import os, sys, urllib.request
connection, api = sys.argv[1:]
plain = os.environ["AWS_ENDPOINT_URL"]
for url in (plain, plain.replace("http://", f"http://{api}.execute-api.") + "/dev"):
    request = urllib.request.Request(f"{url}/@connections/{connection}", url.encode(), {"authorization": "x"})
    urllib.request.urlopen(request, timeout=20)
"""


def test_a_task_sends_to_a_client(aws: Callable[..., Any]) -> None:
    api = WebSocketApi(aws("apigatewayv2"))
    try:
        with Lab(aws) as lab, api.connect() as socket:
            # An error names the connection.
            connection = ask(socket, {"action": "none"})["connectionId"]
            command = ["python3", "-c", SEND, connection, api.id]
            task = lab.run(lab.register({**lab.container(""), "command": command}))
            assert lab.stopped(task)["containers"][0]["exitCode"] == 0
            first, second = socket.recv(timeout=20), socket.recv(timeout=20)
    finally:
        api.delete()
    assert first.startswith("http://localhost.localstack.cloud:")
    assert second.startswith(f"http://{api.id}.execute-api.localhost.localstack.cloud:")
