"""The credentials of tasks: sessions of their roles, renewed before they end.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from localstack_engines.iam.enforcement.mode import mode
from localstack_engines.services.ecs.models import Task

PATH = "/v2/credentials"
"""The path at 169.254.170.2, before the id of the credentials."""

DURATION = timedelta(hours=1)
_RENEWED_BEFORE_END = timedelta(minutes=30)
"""More than the 15 minutes before the end at which SDKs ask for new ones."""

Session = dict[str, Any]
"""Credentials as STS answers them."""


class TaskCredentials:
    """Assumes the role of a task when its credentials are asked for."""

    def __init__(self, tasks: Mapping[str, Task], assume_role: Callable[[Task, str], Session]) -> None:
        self._tasks = tasks
        self._assume_role = assume_role
        self._sessions: dict[str, Session] = {}
        self._lock = threading.Lock()

    def find(self, credentials_id: str) -> dict[str, str] | None:
        """Returns the document of the endpoint, or None if no task that runs has credentials with this id."""
        task = next((t for t in list(self._tasks.values()) if t.credentials_id == credentials_id), None)
        role = role_of(task) if task else None
        if task is None or role is None or task.stopped_at is not None:
            return None
        with self._lock:
            session = self._sessions.get(credentials_id)
            now = datetime.now(UTC)
            if session is None or session["Expiration"] - now < _RENEWED_BEFORE_END:
                # Nobody asks again for those of a task that stopped.
                self._sessions = {key: one for key, one in self._sessions.items() if one["Expiration"] > now}
                session = self._sessions[credentials_id] = self._assume_role(task, role)
        return {
            "RoleArn": role,
            "AccessKeyId": session["AccessKeyId"],
            "SecretAccessKey": session["SecretAccessKey"],
            "Token": session["SessionToken"],
            "Expiration": session["Expiration"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


def environment(task: Task) -> dict[str, str]:
    """Returns the variables with which SDKs find a task's credentials.

    On AWS a task without a role has no credentials. So it is here where IAM is enforced; elsewhere it has those of the
    account, as LocalStack's users expect.
    """
    if role_of(task):
        return {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": f"{PATH}/{task.credentials_id}"}
    if mode() == "enforce":
        return {}
    return {"AWS_ACCESS_KEY_ID": task.scope.account, "AWS_SECRET_ACCESS_KEY": "test"}


def role_of(task: Task) -> str | None:
    """Returns the ARN of the task's role. A task definition may name the role without its ARN."""
    role = task.effective_definition.get("taskRoleArn")
    if not role or str(role).startswith("arn:"):
        return role or None
    return f"arn:aws:iam::{task.scope.account}:role/{role}"
