"""The running LocalStack that the plugin's tests talk to."""

import json
import os
import subprocess
import urllib.request
from typing import Any

import boto3
from botocore.config import Config

ENDPOINT = os.environ.get("AWS_ENDPOINT_URL") or "http://localhost:4566"
REGION = "us-east-1"


def client(service: str) -> Any:
    """A boto3 client that does not retry: an error is the answer."""
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )


def container() -> str:
    """The name of LocalStack's container."""
    with urllib.request.urlopen(f"{ENDPOINT}/_localstack/engines", timeout=10) as response:
        return str(json.load(response)["owner"])


def in_container(*argv: str) -> str:
    """Run a command where the engines run."""
    return subprocess.run(["docker", "exec", container(), *argv], check=True, capture_output=True, text=True).stdout
