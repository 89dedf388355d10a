"""Lambda functions of tests."""

from typing import Any

from lab.archives import zipped
from lab.localstack import ACCOUNT


def create(client: Any, name: str, source: str, **options: Any) -> str:
    """Creates a function in Python whose handler is `handler`, waits until it is active, and returns its ARN."""
    created = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=f"arn:aws:iam::{ACCOUNT}:role/test",
        Code={"ZipFile": zipped({"app.py": source})},
        **options,
    )
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return str(created["FunctionArn"])
