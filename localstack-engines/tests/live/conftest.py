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

from live.stacks import Stack

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
def stack(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Stack:
    """A CloudFormation stack of this test's own, deleted after it."""
    stack = Stack(aws("cloudformation"), unique)
    cleanup(stack.delete)
    return stack


def zipped(files: dict[str, str]) -> bytes:
    """A zip archive of text files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
