"""When the credentials of a task are renewed, and who has none."""

from datetime import UTC, datetime, timedelta

import pytest

from localstack_engines.services.ecs.control.task_credentials import TaskCredentials, environment
from localstack_engines.services.ecs.models import Scope, Task

ROLE = "arn:aws:iam::000000000000:role/app"


def task_with(**definition):
    return Task(Scope("000000000000", "us-east-1", "c"), {"containerDefinitions": [], **definition}, "g", "FARGATE")


class Sts:
    """Issues sessions that last as long as `lasts` says."""

    def __init__(self, lasts):
        self.lasts, self.roles = lasts, []

    def assume_role(self, task, role):
        self.roles.append(role)
        key = f"key {len(self.roles)}"
        end = datetime.now(UTC) + self.lasts
        return {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t", "Expiration": end}


def credentials_of(task, sts):
    return TaskCredentials({task.id: task}, sts.assume_role)


def test_a_session_is_kept_while_it_lasts_long_enough():
    task, sts = task_with(taskRoleArn=ROLE), Sts(timedelta(minutes=31))
    credentials = credentials_of(task, sts)
    found = [credentials.find(task.credentials_id)["AccessKeyId"] for _ in range(2)]
    assert found == ["key 1", "key 1"]


def test_a_session_is_renewed_before_sdks_ask_for_it():
    task, sts = task_with(taskRoleArn=ROLE), Sts(timedelta(minutes=29))
    credentials = credentials_of(task, sts)
    found = [credentials.find(task.credentials_id)["AccessKeyId"] for _ in range(2)]
    assert found == ["key 1", "key 2"]


def test_sessions_of_tasks_that_are_gone_are_not_kept():
    tasks, sts = [task_with(taskRoleArn=ROLE) for _ in range(3)], Sts(timedelta(0))
    credentials = TaskCredentials({task.id: task for task in tasks}, sts.assume_role)
    for task in tasks:
        credentials.find(task.credentials_id)
    assert list(credentials._sessions) == [tasks[-1].credentials_id]


def test_a_role_may_lack_its_arn_and_may_be_overridden():
    task, sts = task_with(taskRoleArn=ROLE), Sts(timedelta(hours=1))
    task.overrides = {"taskRoleArn": "other"}
    assert credentials_of(task, sts).find(task.credentials_id)["RoleArn"] == "arn:aws:iam::000000000000:role/other"


def test_nobody_else_gets_credentials():
    stopped, sts = task_with(taskRoleArn=ROLE), Sts(timedelta(hours=1))
    assert credentials_of(stopped, sts).find("another id") is None
    stopped.stopped_at = datetime.now(UTC)
    assert credentials_of(stopped, sts).find(stopped.credentials_id) is None
    without_role = task_with()
    assert credentials_of(without_role, sts).find(without_role.credentials_id) is None
    assert sts.roles == []


@pytest.mark.parametrize(
    ("mode", "names"), [("enforce", set()), ("warn", {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"})]
)
def test_a_task_without_a_role(monkeypatch, mode, names):
    monkeypatch.setenv("ENGINES_IAM", mode)
    assert set(environment(task_with())) == names
