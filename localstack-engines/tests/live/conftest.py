"""What the plugin's tests share: clients for the running LocalStack, and names nobody else uses."""

import io
import json
import os
import urllib.request
import uuid
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT = "000000000000"


@pytest.fixture(scope="session")
def endpoint() -> str:
    """LocalStack's URL. Skips nothing: without LocalStack these tests fail."""
    return os.environ.get("AWS_ENDPOINT_URL", "http://localhost:4566")


@pytest.fixture(scope="session")
def aws(endpoint: str) -> Callable[..., Any]:
    """Makes a boto3 client of the running LocalStack: ``aws("ecs")``."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=REGION)

    def client(service: str, **options: Any) -> Any:
        config = Config(retries={"max_attempts": 0}, read_timeout=120).merge(options.pop("config", Config()))
        return session.client(service, endpoint_url=endpoint, config=config, **options)

    return client


@pytest.fixture(scope="session")
def plugin(endpoint: str) -> dict[str, Any]:
    """What the plugin says about itself (see localstack_engines/introspection.py)."""
    with urllib.request.urlopen(f"{endpoint}/_localstack/engines", timeout=60) as response:
        return json.load(response)


@pytest.fixture
def unique() -> str:
    """A name that no other test has."""
    return f"t{uuid.uuid4().hex[:10]}"


@pytest.fixture
def cleanup() -> Iterator[Callable[..., None]]:
    """Registers what to undo after the test, the last thing first; what is gone already is fine."""
    actions: list[tuple[Callable[..., Any], dict[str, Any]]] = []
    yield lambda action, **arguments: actions.append((action, arguments))
    for action, arguments in reversed(actions):
        try:
            action(**arguments)
        except Exception as error:
            print(f"cleanup: {error}")


@pytest.fixture
def stack(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> "Stack":
    """A CloudFormation stack of this test's own, deleted after it."""
    stack = Stack(aws("cloudformation"), unique)
    cleanup(stack.delete)
    return stack


class Stack:
    """Deploys templates, and says how that went."""

    def __init__(self, client: Any, name: str) -> None:
        self.client = client
        self.name = name

    def deploy(self, resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> dict[str, str]:
        """Creates or updates the stack and returns its outputs. Raises DeployFailed."""
        template: dict[str, Any] = {"Resources": resources}
        if outputs:
            template["Outputs"] = {name: {"Value": value} for name, value in outputs.items()}
        exists = any(stack["StackName"] == self.name for stack in self.client.describe_stacks()["Stacks"])
        action, waiter = ("update", "stack_update_complete") if exists else ("create", "stack_create_complete")
        getattr(self.client, f"{action}_stack")(
            StackName=self.name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_NAMED_IAM"]
        )
        try:
            self.client.get_waiter(waiter).wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 180})
        except Exception as error:
            raise DeployFailed(self.status(), self.failures()) from error
        return {item["OutputKey"]: item["OutputValue"] for item in self._describe().get("Outputs", [])}

    def delete(self) -> None:
        self.client.delete_stack(StackName=self.name)
        self.client.get_waiter("stack_delete_complete").wait(
            StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 120}
        )

    def status(self) -> str:
        return str(self._describe()["StackStatus"])

    def physical_id(self, logical_id: str) -> str:
        """What ``Ref`` gives for a resource."""
        detail = self.client.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def failures(self) -> list[str]:
        """The reasons of all failed events, oldest first."""
        events = self.client.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("_FAILED")]
        return [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed]

    def _describe(self) -> dict[str, Any]:
        return dict(self.client.describe_stacks(StackName=self.name)["Stacks"][0])


class DeployFailed(AssertionError):
    def __init__(self, status: str, failures: list[str]) -> None:
        super().__init__(f"{status}: {failures}")
        self.status = status
        self.failures = failures


def zipped(files: dict[str, str]) -> bytes:
    """A zip archive of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
