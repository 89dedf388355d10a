"""Task sets: services with the EXTERNAL deployment controller."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.ecs import Lab
from lab.errors import refused
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def test_task_sets_are_scaled_and_replace_each_other(lab: Lab, unique: str) -> None:
    ecs, service = lab.ecs, {"cluster": lab.name, "service": unique}
    external = {"deploymentController": {"type": "EXTERNAL"}}
    created = ecs.create_service(cluster=lab.name, serviceName=unique, desiredCount=2, **external)["service"]
    assert (created["deploymentController"], created["deployments"]) == ({"type": "EXTERNAL"}, [])
    definition = lab.register(lab.container("sleep 600"))
    settings = {"taskDefinition": definition, "launchType": "FARGATE", "networkConfiguration": lab.network}
    blue = ecs.create_task_set(**service, **settings, externalId="blue", scale={"value": 50, "unit": "PERCENT"})[
        "taskSet"
    ]
    assert (blue["computedDesiredCount"], blue["stabilityStatus"]) == (1, "STABILIZING")

    def described(task_set: str) -> dict[str, Any]:
        return dict(ecs.describe_task_sets(**service, taskSets=[task_set])["taskSets"][0])

    until("blue", lambda: described(blue["id"])["stabilityStatus"] == "STEADY_STATE")
    ecs.update_service_primary_task_set(**service, primaryTaskSet=blue["taskSetArn"])
    ecs.update_task_set(**service, taskSet=blue["id"], scale={"value": 100, "unit": "PERCENT"})
    until("two tasks", lambda: described(blue["id"])["runningCount"] == 2)
    assert lab.service(unique)["taskSets"][0]["status"] == "PRIMARY"
    green = ecs.create_task_set(**service, **settings, externalId="green")["taskSet"]["id"]
    until("green", lambda: described(green)["stabilityStatus"] == "STEADY_STATE")
    assert lab.service(unique)["runningCount"] == 4
    refused(ecs.delete_task_set, "InvalidParameterException", "scaled above 0", **service, taskSet=blue["id"])
    ecs.delete_task_set(**service, taskSet=blue["id"], force=True)
    until("blue to go", lambda: [s["id"] for s in ecs.describe_task_sets(**service)["taskSets"]] == [green])
    ecs.update_service(**service, desiredCount=1)
    until("one task", lambda: described(green)["runningCount"] == 1)
    ecs.delete_service(**service, force=True)
    until("the service to end", lambda: lab.service(unique)["status"] == "INACTIVE")


def test_other_services_have_no_task_sets(lab: Lab, unique: str) -> None:
    lab.serve(unique, lab.register(lab.container("sleep 600")), count=0)
    service = {"cluster": lab.name, "service": unique}
    with pytest.raises(ClientError, match="EXTERNAL deployment controller"):
        lab.ecs.describe_task_sets(**service)
    with pytest.raises(ClientError, match="taskDefinition belongs to the task sets"):
        lab.serve(f"{unique}-2", lab.register(lab.container("true")), deploymentController={"type": "EXTERNAL"})
