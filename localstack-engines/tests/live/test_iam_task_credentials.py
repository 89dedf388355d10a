"""Tasks get the credentials of their role at 169.254.170.2, as on Fargate."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from lab import localstack
from lab.ecs import Lab
from lab.waiting import until

READ = (
    "import os, urllib.request as r; "
    "print(r.urlopen('http://169.254.170.2' + os.environ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI']).read().decode())"
)
PATH = "echo $AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; exec sleep 600"


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture
def role(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> str:
    iam = aws("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=json.dumps({"Statement": trust}))["Role"]["Arn"]
    cleanup(iam.delete_role, RoleName=unique)
    return str(arn)


def output(lab: Lab, arn: str) -> str:
    return until("the task's output", lambda: lab.output(arn))[0]


def test_a_task_reads_credentials_of_its_role(lab: Lab, role: str, unique: str) -> None:
    arn = lab.run(lab.register(lab.container(f'python3 -c "{READ}"'), taskRoleArn=role))
    lab.stopped(arn)
    found = json.loads(output(lab, arn))
    assert found["RoleArn"] == role
    left = datetime.fromisoformat(found["Expiration"]) - datetime.now(UTC)
    # SDKs ask for new ones 15 minutes before the end.
    assert timedelta(minutes=30) < left <= timedelta(hours=1)
    sts = boto3.client(
        "sts",
        endpoint_url=localstack.ENDPOINT,
        region_name=localstack.REGION,
        aws_access_key_id=found["AccessKeyId"],
        aws_secret_access_key=found["SecretAccessKey"],
        aws_session_token=found["Token"],
    )
    task_id = arn.rsplit("/", 1)[-1]
    expected = f"arn:aws:sts::{localstack.ACCOUNT}:assumed-role/{unique}/{task_id}"
    assert sts.get_caller_identity()["Arn"] == expected


def test_the_credentials_end_with_the_task(lab: Lab, role: str) -> None:
    arn = lab.run(lab.register(lab.container(PATH), taskRoleArn=role))
    path = output(lab, arn)
    first, second = (json.load(urllib.request.urlopen(f"{localstack.ENDPOINT}{path}")) for _ in range(2))
    assert first == second
    lab.ecs.stop_task(cluster=lab.name, task=arn)
    lab.stopped(arn)
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(f"{localstack.ENDPOINT}{path}")
    assert (raised.value.code, json.load(raised.value)["code"]) == (400, "InvalidIdInRequest")


def test_a_task_without_a_role_has_no_credentials(lab: Lab, plugin: dict[str, Any]) -> None:
    arn = lab.run(lab.register(lab.container("env | grep -c ^AWS_ACCESS_KEY_ID; true")))
    lab.stopped(arn)
    # Without enforcement it has those of the account, as LocalStack's users expect.
    assert output(lab, arn) == ("0" if plugin["iam"] == "enforce" else "1")
