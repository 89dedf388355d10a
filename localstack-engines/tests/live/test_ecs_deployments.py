"""The deployments and revisions of services, and tasks that are protected from them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Lab
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def deployments(lab: Lab, name: str) -> list[dict[str, Any]]:
    """Returns the service's deployments, the last one first."""
    return list(lab.ecs.list_service_deployments(cluster=lab.name, service=name)["serviceDeployments"])


def test_a_deployment_is_described_and_stopped_with_a_rollback(lab: Lab, unique: str) -> None:
    ecs, good = lab.ecs, lab.register(lab.container("sleep 600"))
    lab.serve(unique, good)
    lab.stable(unique)
    [first] = deployments(lab, unique)
    assert first["status"] == "SUCCESSFUL"
    never_ready = {"command": ["CMD", "false"], "retries": 10}
    lab.ecs.update_service(
        cluster=lab.name,
        service=unique,
        taskDefinition=lab.register(lab.container("sleep 600", healthCheck=never_ready)),
    )
    arn = deployments(lab, unique)[0]["serviceDeploymentArn"]
    assert lab.service(unique)["currentServiceDeployment"] == arn
    [described] = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    assert described["status"] == "IN_PROGRESS"
    assert described["sourceServiceRevisions"][0]["arn"] == first["targetServiceRevisionArn"]
    assert ecs.stop_service_deployment(serviceDeploymentArn=arn)["serviceDeploymentArn"] == arn
    until("the rollback", lambda: deployments(lab, unique)[0]["status"] == "ROLLBACK_SUCCESSFUL")
    assert lab.stable(unique)["taskDefinition"] == good
    [described] = ecs.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
    assert described["rollback"]["serviceRevisionArn"] == first["targetServiceRevisionArn"]
    [revision] = ecs.describe_service_revisions(serviceRevisionArns=[first["targetServiceRevisionArn"]])[
        "serviceRevisions"
    ]
    assert (revision["taskDefinition"], revision["containerImages"][0]["containerName"]) == (good, "app")
    with pytest.raises(ClientError, match="not in progress"):
        ecs.stop_service_deployment(serviceDeploymentArn=arn)
    missing = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    assert ecs.describe_service_deployments(serviceDeploymentArns=[missing])["failures"][0]["reason"] == "MISSING"


def test_a_protected_task_survives_scaling_in_and_deployments(lab: Lab, unique: str) -> None:
    ecs, definition = lab.ecs, lab.register(lab.container("sleep 600"))
    lab.serve(unique, definition, count=2)
    lab.stable(unique)
    protected = lab.service_tasks(unique)[1]["taskArn"]
    [state] = ecs.update_task_protection(
        cluster=lab.name, tasks=[protected], protectionEnabled=True, expiresInMinutes=5
    )["protectedTasks"]
    assert (state["taskArn"], state["protectionEnabled"]) == (protected, True)
    ecs.update_service(cluster=lab.name, service=unique, desiredCount=0)
    until("the other task to stop", lambda: len(lab.service_tasks(unique)) == 1)
    ecs.update_service(cluster=lab.name, service=unique, desiredCount=1, forceNewDeployment=True)
    until("the new task", lambda: len(lab.service_tasks(unique)) == 2)
    assert protected in {task["taskArn"] for task in lab.service_tasks(unique)}
    [state] = ecs.get_task_protection(cluster=lab.name, tasks=[protected])["protectedTasks"]
    assert state["expirationDate"]
    ecs.update_task_protection(cluster=lab.name, tasks=[protected], protectionEnabled=False)
    lab.stable(unique)
    assert protected not in {task["taskArn"] for task in lab.service_tasks(unique)}


def test_a_task_protects_itself(lab: Lab, unique: str) -> None:
    script = (
        "import json, os, time, urllib.request as u\n"
        "url = os.environ['ECS_AGENT_URI'] + '/task-protection/v1/state'\n"
        "body = json.dumps({'ProtectionEnabled': True, 'ExpiresInMinutes': 1}).encode()\n"
        "headers = {'Content-Type': 'application/json'}\n"
        "print(json.load(u.urlopen(u.Request(url, body, headers, method='PUT')))['protection']['ProtectionEnabled'])\n"
        "print(json.load(u.urlopen(url))['protection']['ProtectionEnabled'], flush=True)\n"
        "time.sleep(600)\n"
    )
    lab.serve(unique, lab.register({**lab.container(""), "command": ["python3", "-c", script]}))
    lab.stable(unique)
    [task] = lab.service_tasks(unique)
    until("the output", lambda: lab.output(task["taskArn"]) == ["True", "True"])
    [state] = lab.ecs.get_task_protection(cluster=lab.name, tasks=[task["taskArn"]])["protectedTasks"]
    assert state["protectionEnabled"]


def test_a_task_of_no_service_cannot_be_protected(lab: Lab) -> None:
    task = lab.run(lab.register(lab.container("sleep 30")))
    failures = lab.ecs.update_task_protection(cluster=lab.name, tasks=[task], protectionEnabled=True)["failures"]
    assert failures[0]["reason"] == "TASK_NOT_VALID"
