"""Services as ECS's API describes them (pure)."""

from typing import Any

from localstack_engines.services.ecs.api.task_descriptions import count_tasks
from localstack_engines.services.ecs.models import Deployment, Service, Task

Json = dict[str, Any]

_SHOWN_SETTINGS = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
)


def describe_service(record: Service, tasks: list[Task], with_tags: bool = True) -> Json:
    """Returns a service as DescribeServices shows it. `tasks` are all of its tasks."""
    running, pending = count_tasks(tasks)
    described = {
        "serviceArn": record.arn,
        "serviceName": record.name,
        "clusterArn": record.scope.cluster_arn,
        "status": record.status,
        "desiredCount": record.desired_count,
        "runningCount": running,
        "pendingCount": pending,
        "createdAt": record.created_at,
        "createdBy": f"arn:aws:iam::{record.scope.account}:root",
        "roleArn": f"arn:aws:iam::{record.scope.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "loadBalancers": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "platformFamily": "Linux",
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "deployments": [_deployment(record, d, tasks) for d in record.deployments],
        "events": list(record.events),
        "tags": record.tags if with_tags else [],
        **{key: value for key, value in record.settings.items() if value is not None},
    }
    return {key: value for key, value in described.items() if value is not None}


def _deployment(record: Service, deployment: Deployment, tasks: list[Task]) -> Json:
    own = [t for t in tasks if t.started_by == deployment.id]
    running, pending = count_tasks(own)
    is_primary = deployment.status == "PRIMARY"
    settings = {key: value for key, value in deployment.service_revision.items() if key in _SHOWN_SETTINGS and value}
    return {
        "id": deployment.id,
        "status": deployment.status,
        "desiredCount": record.desired_count if is_primary else sum(t.is_wanted for t in own),
        "runningCount": running,
        "pendingCount": pending,
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "platformFamily": "Linux",
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.rollout_reason or f"ECS deployment {deployment.id} in progress.",
        **settings,
    }
