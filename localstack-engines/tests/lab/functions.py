"""Lambda functions of tests."""

import base64
import json
from typing import Any

from lab.archives import zipped
from lab.localstack import ACCOUNT

RUNTIME = "python3.13"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/test"


class Function:
    """A deployed function. A call of the object invokes it."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def __call__(self, payload: Any = None) -> tuple[Any, dict[str, Any]]:
        response = self.client.invoke(FunctionName=self.name, Payload=json.dumps(payload).encode(), LogType="Tail")
        return json.loads(response["Payload"].read() or b"null"), response

    def log(self, payload: Any = None) -> str:
        _, response = self(payload)
        return base64.b64decode(response["LogResult"]).decode()


def create_function(client: Any, name: str, files: dict[str, str], **options: Any) -> Function:
    """Creates a function from the files of its archive, and waits until it is active."""
    defaults = {"Runtime": RUNTIME, "Handler": "app.handler", "Role": ROLE}
    client.create_function(FunctionName=name, Code={"ZipFile": zipped(files)}, **{**defaults, **options})
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return Function(client, name)


def create(client: Any, name: str, source: str, **options: Any) -> str:
    """Creates a function of one Python module, whose handler is `handler`. Returns its ARN."""
    create_function(client, name, {"app.py": source}, **options)
    return str(client.get_function_configuration(FunctionName=name)["FunctionArn"])
