"""The LocalStack that the live tests talk to."""

import json
import os
import subprocess
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

ENDPOINT = os.environ.get("AWS_ENDPOINT_URL") or "http://localhost:4566"
REGION = "us-east-1"
ACCOUNT = "000000000000"


def client(service: str, config: Config | None = None, **options: Any) -> Any:
    """Returns a boto3 client that does not retry: an error is the answer.

    `options` go to boto3, but for `account`, the id of another account than the default one.
    """
    own = Config(retries={"total_max_attempts": 1}, read_timeout=120)
    return boto3.client(
        service,
        endpoint_url=options.pop("endpoint_url", ENDPOINT),
        region_name=options.pop("region_name", REGION),
        aws_access_key_id=options.pop("account", "test"),
        aws_secret_access_key="test",
        config=own.merge(config) if config else own,
        **options,
    )


def introspection() -> dict[str, Any]:
    """Returns what the plugin says about itself (see `localstack_engines.bootstrap.introspection`)."""
    with urllib.request.urlopen(f"{ENDPOINT}/_localstack/engines", timeout=60) as response:
        return dict(json.load(response))


def container() -> str:
    """Returns the name of LocalStack's container."""
    return str(introspection()["owner"])


def in_container(*argv: str) -> str:
    """Runs a command in LocalStack's container. Returns its output; raises CalledProcessError."""
    return subprocess.run(["docker", "exec", container(), *argv], check=True, capture_output=True, text=True).stdout
