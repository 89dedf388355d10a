"""ECS reports why a task has ended, and replaces it. The API answers again within seconds."""

import subprocess
import time
from typing import Any

from lab.waiting import until
from ops import aws, settings
from tests.e2e.tasks import healthy_tasks
from tests.support.people import Person


def test_a_killed_task_is_reported_and_replaced(staff: Person) -> None:
    killed_task = until("a healthy task", lambda: healthy_tasks("patient"), 30)[0]

    subprocess.run(["docker", "kill", aws.container_id(killed_task, "patient")], check=True, capture_output=True)
    killed_at = time.monotonic()

    until("the task is STOPPED", lambda: describe(killed_task["taskArn"])["lastStatus"] == "STOPPED")
    stopped = describe(killed_task["taskArn"])
    assert stopped["stopCode"] == "EssentialContainerExited"
    assert stopped["stoppedReason"] == "Essential container in task exited"
    exited = next(container for container in stopped["containers"] if container["name"] == "patient")
    assert exited["exitCode"] == 137

    until("the API answers again", lambda: staff.http.get("/api/patients").status_code == 200)
    print(f"answered again {time.monotonic() - killed_at:.1f} s after docker kill")
    until("a healthy replacement", lambda: healthy_tasks("patient"))
    assert killed_task["taskArn"] not in [task["taskArn"] for task in healthy_tasks("patient")]


def describe(task_arn: str) -> dict[str, Any]:
    return dict(aws.client("ecs").describe_tasks(cluster=settings.CLUSTER, tasks=[task_arn])["tasks"][0])


def test_a_stopped_task_says_who_stopped_it() -> None:
    task = until("a healthy task", lambda: healthy_tasks("patient"), 30)[0]
    aws.client("ecs").stop_task(cluster=settings.CLUSTER, task=task["taskArn"], reason="maintenance")
    until("the task is STOPPED", lambda: describe(task["taskArn"])["lastStatus"] == "STOPPED")
    stopped = describe(task["taskArn"])
    assert stopped["stopCode"] == "UserInitiated"
    assert "maintenance" in stopped["stoppedReason"]
    until("a healthy replacement", lambda: healthy_tasks("patient"))
