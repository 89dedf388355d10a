"""Descriptions of services and tasks, in the API's spelling (pure)."""

import platform
from typing import Any

from localstack_engines.services.ecs.api.container_descriptions import container
from localstack_engines.services.ecs.control import circuit_breaker
from localstack_engines.services.ecs.deployment_models import Deployment, ServiceDeployment, TaskSet
from localstack_engines.services.ecs.models import Service, Task

Json = dict[str, Any]

PLATFORM_VERSION = "1.4.0"
_SHOWN_SETTINGS = (
    "taskDefinition",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "networkConfiguration",
)


def task(record: Task, with_tags: bool = True) -> Json:
    """Returns a task as DescribeTasks shows it."""
    definition = record.effective_definition
    described = {
        "taskArn": record.arn,
        "clusterArn": record.scope.cluster_arn,
        "taskDefinitionArn": record.definition["taskDefinitionArn"],
        "group": record.group,
        "startedBy": record.started_by,
        "launchType": record.launch_type,
        "capacityProviderName": record.capacity_provider,
        "containerInstanceArn": record.container_instance.arn if record.container_instance else None,
        "platformVersion": PLATFORM_VERSION if record.launch_type == "FARGATE" else None,
        "platformFamily": "Linux" if record.launch_type == "FARGATE" else None,
        "lastStatus": record.status,
        "desiredStatus": record.desired_status,
        "healthStatus": record.health,
        "connectivity": "CONNECTED" if record.connectivity_at else None,
        "connectivityAt": record.connectivity_at,
        "createdAt": record.created_at,
        "pullStartedAt": record.pull_started_at,
        "pullStoppedAt": record.pull_stopped_at,
        "startedAt": record.started_at,
        "stoppingAt": record.stopping_at,
        "executionStoppedAt": record.execution_stopped_at,
        "stoppedAt": record.stopped_at,
        "stopCode": record.stop_code,
        "stoppedReason": record.stopped_reason,
        "cpu": definition.get("cpu"),
        "memory": definition.get("memory"),
        "availabilityZone": record.availability_zone,
        "attachments": _attachments(record),
        "attributes": [{"name": "ecs.cpu-architecture", "value": _architecture(definition)}],
        "containers": [container(record, definition) for definition in record.definition["containerDefinitions"]],
        "enableExecuteCommand": record.enable_execute_command,
        "overrides": {"containerOverrides": [], "inferenceAcceleratorOverrides": [], **record.overrides},
        "ephemeralStorage": definition.get("ephemeralStorage") or {"sizeInGiB": 20},
        "tags": record.tags if with_tags else [],
        "version": record.version,
    }
    return {key: value for key, value in described.items() if value is not None}


def _architecture(definition: Json) -> str:
    asked = (definition.get("runtimePlatform") or {}).get("cpuArchitecture")
    machine = platform.machine()
    return str(asked).lower() if asked else {"aarch64": "arm64"}.get(machine, machine)


def _attachments(record: Task) -> list[Json]:
    interface = record.interface
    if interface is None:
        return []
    details = {
        "subnetId": interface.subnet_id,
        "networkInterfaceId": interface.id,
        "macAddress": interface.mac_address,
        "privateDnsName": interface.private_dns_name,
        "privateIPv4Address": interface.address,
    }
    return [
        {
            "id": record.attachment_id,
            "type": "ElasticNetworkInterface",
            "status": "DELETED" if record.stopped_at else "ATTACHED",
            "details": [{"name": name, "value": value} for name, value in details.items()],
        }
    ]


def count_tasks(tasks: list[Task]) -> tuple[int, int]:
    """Returns the numbers of running and of pending tasks."""
    running = sum(t.status == "RUNNING" for t in tasks)
    pending = sum(t.status in ("PROVISIONING", "PENDING", "ACTIVATING") for t in tasks)
    return running, pending


def service(record: Service, tasks: list[Task], with_tags: bool = True) -> Json:
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
        "taskSets": [task_set(record, s, tasks) for s in record.task_sets] if record.is_external else None,
        "currentServiceDeployment": (
            _deployment_arn(record, record.current.id) if record.history and not record.current.is_over else None
        ),
        "currentServiceRevisions": [_revision_summary(record, d.revision_id, tasks) for d in record.deployments],
        "events": list(record.events),
        "tags": record.tags if with_tags else [],
        **{key: value for key, value in record.settings.items() if value is not None},
    }
    return {key: value for key, value in described.items() if value is not None}


def management(is_express: bool) -> str:
    """Returns who manages what a service is made of: ECS does so for Express services."""
    return "ECS" if is_express else "CUSTOMER"


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


def service_deployment_brief(record: Service, deployment: ServiceDeployment) -> Json:
    """Returns a deployment as ListServiceDeployments shows it."""
    described = {
        "serviceDeploymentArn": _deployment_arn(record, deployment.id),
        "serviceArn": record.arn,
        "clusterArn": record.scope.cluster_arn,
        "createdAt": deployment.created_at,
        "startedAt": deployment.created_at,
        "finishedAt": deployment.finished_at,
        "targetServiceRevisionArn": record.part_arn("service-revision", deployment.target),
        "status": deployment.status,
        "statusReason": deployment.reason,
    }
    return {key: value for key, value in described.items() if value is not None}


def service_deployment(record: Service, deployment: ServiceDeployment, tasks: list[Task]) -> Json:
    """Returns a deployment as DescribeServiceDeployments shows it. `tasks` are all of the service."""
    brief = service_deployment_brief(record, deployment)
    target = brief.pop("targetServiceRevisionArn")
    rollback = {
        "reason": deployment.reason,
        "startedAt": deployment.updated_at,
        "serviceRevisionArn": record.part_arn("service-revision", deployment.rolled_back_to or ""),
    }
    breaker = record.settings["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
    failures = record.revisions[deployment.target].failed_tasks
    described = {
        **brief,
        "updatedAt": deployment.updated_at,
        "stoppedAt": deployment.stopped_at,
        "targetServiceRevision": {**_revision_summary(record, deployment.target, tasks), "arn": target},
        "sourceServiceRevisions": [_revision_summary(record, source, tasks) for source in deployment.sources],
        "rollback": rollback if deployment.rolled_back_to else None,
        "deploymentConfiguration": record.settings["deploymentConfiguration"],
        "deploymentCircuitBreaker": {
            "status": _breaker_status(deployment) if breaker.get("enable") else "DISABLED",
            "failureCount": failures,
            "threshold": circuit_breaker.threshold(record.desired_count),
        },
    }
    return {key: value for key, value in described.items() if value is not None}


def service_revision(record: Service, revision: Deployment, definition: Json | None) -> Json:
    """Returns a revision as DescribeServiceRevisions shows it. `definition` is its task definition, while it exists."""
    containers = definition["containerDefinitions"] if definition else []
    images = [{"containerName": c["name"], "image": c["image"]} for c in containers]
    shown = (*_SHOWN_SETTINGS, "serviceRegistries", "loadBalancers")
    return {
        "serviceRevisionArn": record.part_arn("service-revision", revision.revision_id),
        "serviceArn": record.arn,
        "clusterArn": record.scope.cluster_arn,
        "platformFamily": "Linux",
        "loadBalancers": [],
        "containerImages": images,
        "guardDutyEnabled": False,
        "createdAt": revision.created_at,
        **{key: value for key, value in revision.service_revision.items() if key in shown and value},
    }


def _breaker_status(deployment: ServiceDeployment) -> str:
    if deployment.rolled_back_to or (deployment.status == "STOPPED" and deployment.stopped_at is None):
        return "TRIGGERED"
    return "MONITORING_COMPLETE" if deployment.is_over else "MONITORING"


def _deployment_arn(record: Service, deployment_id: str) -> str:
    return record.part_arn("service-deployment", deployment_id)


def _revision_summary(record: Service, revision_id: str, tasks: list[Task]) -> Json:
    own = [t for t in tasks if t.started_by == record.revisions[revision_id].id]
    running, pending = count_tasks(own)
    return {
        "arn": record.part_arn("service-revision", revision_id),
        "requestedTaskCount": sum(t.is_wanted for t in own),
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }


def task_set(record: Service, one: TaskSet, tasks: list[Task], with_tags: bool = True) -> Json:
    """Returns a task set as DescribeTaskSets shows it. `tasks` are all of the service."""
    running, pending = count_tasks([t for t in tasks if t.started_by == one.id])
    shown = (*_SHOWN_SETTINGS, "serviceRegistries", "loadBalancers")
    described = {
        "id": one.id,
        "taskSetArn": record.part_arn("task-set", one.id),
        "serviceArn": record.arn,
        "clusterArn": record.scope.cluster_arn,
        "externalId": one.external_id,
        "status": one.status,
        "computedDesiredCount": one.desired(record.desired_count),
        "runningCount": running,
        "pendingCount": pending,
        "platformFamily": "Linux",
        "scale": {"value": one.scale, "unit": "PERCENT"},
        "stabilityStatus": "STEADY_STATE" if one.is_steady else "STABILIZING",
        "stabilityStatusAt": one.stable_at,
        "createdAt": one.deployment.created_at,
        "updatedAt": one.updated_at,
        "tags": one.tags if with_tags else [],
        **{key: value for key, value in one.deployment.service_revision.items() if key in shown},
    }
    return {key: value for key, value in described.items() if value is not None}
