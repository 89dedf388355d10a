"""The records of ECS: its own of tasks and services, and moto's of clusters and task definitions."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from localstack_engines.services.ecs.account_settings import AccountSettings
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.express_models import ExpressService
from localstack_engines.services.ecs.instance_models import CapacityProvider, ContainerInstance
from localstack_engines.services.ecs.models import Scope, Service, Task

_STOPPED_TASKS_VISIBLE = timedelta(hours=1)

_DELETED = "DELETED"
"""The status of a task definition that nobody can see any more."""

Definition = dict[str, Any]
"""A task definition in the API's spelling."""


class Store:
    """Holds everything of this LocalStack, in all accounts and regions.

    `lock` guards changes of services that consist of several steps. Single look-ups need no lock.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tasks: dict[str, Task] = {}
        """By id."""
        self.services: dict[str, Service] = {}
        """By ARN."""
        self.express_services: dict[str, ExpressService] = {}
        """By the ARN of their service."""
        self.container_instances: dict[str, ContainerInstance] = {}
        """By ARN."""
        self.capacity_providers: dict[tuple[str, str, str], CapacityProvider] = {}
        """By account, region and name."""
        self._account_settings: dict[tuple[str, str], AccountSettings] = {}

    def account_settings(self, account: str, region: str) -> AccountSettings:
        return self._account_settings.setdefault((account, region), AccountSettings())

    def tasks_in(self, scope: Scope) -> list[Task]:
        """Returns the cluster's tasks. A stopped task is removed after an hour."""
        self._forget_old_tasks()
        return [task for task in list(self.tasks.values()) if task.scope == scope]

    def services_in(self, scope: Scope) -> list[Service]:
        return [service for service in list(self.services.values()) if service.scope == scope]

    def find_task(self, scope: Scope, reference: str) -> Task | None:
        """Returns the cluster's task with this id or ARN."""
        task = self.tasks.get(reference.rsplit("/", 1)[-1])
        return task if task is not None and task.scope == scope else None

    def find_service(self, scope: Scope, reference: str) -> Service | None:
        """Returns the cluster's service with this name or ARN."""
        return self.services.get(scope.arn("service", scope.cluster, reference.rsplit("/", 1)[-1]))

    def tasks_of(self, service: Service) -> Iterator[Task]:
        return (t for t in list(self.tasks.values()) if t.scope == service.scope and t.group == service.group)

    def tasks_on(self, instance: ContainerInstance) -> list[Task]:
        """Returns the tasks of a container instance that have not stopped."""
        return [t for t in list(self.tasks.values()) if t.container_instance is instance and t.stopped_at is None]

    def instances_in(self, scope: Scope) -> list[ContainerInstance]:
        return [one for one in list(self.container_instances.values()) if one.scope == scope]

    def instances_of(self, account: str, region: str) -> list[ContainerInstance]:
        known = list(self.container_instances.values())
        return [one for one in known if (one.scope.account, one.scope.region) == (account, region)]

    def forget_express(self, arn: str) -> None:
        """Forgets the Express service that once had the ARN of a new service."""
        if (former := self.express_services.get(arn)) is not None and former.is_removed:
            del self.express_services[arn]

    def find_instance(self, scope: Scope, reference: str) -> ContainerInstance | None:
        """Returns the cluster's container instance with this id or ARN."""
        name = reference.rsplit("/", 1)[-1]
        return self.container_instances.get(scope.arn("container-instance", scope.cluster, name))

    def provider(self, scope: Scope, name: str) -> CapacityProvider | None:
        """Returns the capacity provider of an Auto Scaling group with this name, in the account and region."""
        return self.capacity_providers.get((scope.account, scope.region, name))

    # The following methods read moto's records.

    def places(self) -> list[tuple[str, str]]:
        """Returns the accounts and regions that have clusters."""
        return _places()

    def clusters_with(self, provider: CapacityProvider) -> list[str]:
        """Returns the names of the ACTIVE clusters that have a capacity provider."""
        clusters = _backend(provider.account, provider.region).clusters.values()
        return [c.name for c in clusters if c.status == "ACTIVE" and provider.name in (c.capacity_providers or [])]

    def providers_of(self, scope: Scope) -> list[CapacityProvider]:
        """Returns the capacity providers of Auto Scaling groups that a cluster has."""
        return [found for name in self.provider_names(scope) if (found := self.provider(scope, name)) is not None]

    def provider_names(self, scope: Scope) -> list[str]:
        """Returns the names of the capacity providers that a cluster has."""
        cluster = _backend(scope.account, scope.region).clusters.get(scope.cluster)
        return list((cluster.capacity_providers or []) if cluster is not None else [])

    def is_active_cluster(self, scope: Scope) -> bool:
        cluster = _backend(scope.account, scope.region).clusters.get(scope.cluster)
        return cluster is not None and cluster.status == "ACTIVE"

    def has_insights(self, scope: Scope) -> bool:
        """Whether Container Insights is on for a cluster that exists."""
        settings = _backend(scope.account, scope.region).clusters[scope.cluster].settings or []
        return any(one["name"] == "containerInsights" and one["value"] != "disabled" for one in settings)

    def active_cluster_arns(self, account: str, region: str) -> list[str]:
        return [c.arn for c in _backend(account, region).clusters.values() if c.status == "ACTIVE"]

    def default_capacity_provider_strategy(self, scope: Scope) -> list[dict[str, Any]] | None:
        """Returns the default strategy of a cluster that exists."""
        strategy: list[dict[str, Any]] | None = (
            _backend(scope.account, scope.region).clusters[scope.cluster].default_capacity_provider_strategy
        )
        return strategy

    def find_definition(self, account: str, region: str, reference: str) -> Definition | None:
        """Returns a task definition by its ARN, `family:revision`, or family (its latest ACTIVE revision)."""
        family, _, revision = reference.rsplit("/", 1)[-1].partition(":")
        revisions = _backend(account, region).task_definitions.get(family) or {}
        if revision:
            found = revisions.get(int(revision)) if revision.isdigit() else None
        else:
            active = (revisions[r] for r in sorted(revisions, reverse=True) if revisions[r].status == "ACTIVE")
            found = next(active, None)
        return None if found is None or found.status == _DELETED else _definition(found)

    def definitions(self, account: str, region: str) -> dict[str, list[Definition]]:
        """Returns all task definitions by family."""
        families = _backend(account, region).task_definitions
        return {
            family: [_definition(found) for found in revisions.values() if found.status != _DELETED]
            for family, revisions in families.items()
        }

    def complete_definition(self, account: str, region: str, arn: str, compatibilities: list[str]) -> Definition:
        """Adds to a task definition that moto has just registered what moto does not keep, and returns it."""
        record = _record(account, region, arn)
        record.compatibilities, record.registered_at, record.deregistered_at = compatibilities, now(), None
        return _definition(record)

    def set_definition_status(self, account: str, region: str, arn: str, status: str) -> Definition:
        """Makes a task definition INACTIVE or DELETE_IN_PROGRESS, and returns it."""
        record = _record(account, region, arn)
        record.status, record.deregistered_at = status, record.deregistered_at or now()
        return _definition(record)

    def forget_deleted_definitions(self, account: str, region: str) -> None:
        """Removes the task definitions that are being deleted, as soon as no task and no service uses them.

        The record stays: its revision number must not be given away again.
        """
        used = {task.definition["taskDefinitionArn"] for task in list(self.tasks.values()) if task.stopped_at is None}
        for service in list(self.services.values()):
            used |= {source.service_revision["taskDefinition"] for source in service.sources}
        for revisions in _backend(account, region).task_definitions.values():
            for record in revisions.values():
                if record.status == "DELETE_IN_PROGRESS" and record.arn not in used:
                    record.status = _DELETED

    def _forget_old_tasks(self) -> None:
        horizon = now() - _STOPPED_TASKS_VISIBLE
        for task in list(self.tasks.values()):
            if task.stopped_at is not None and task.stopped_at < horizon:
                self.tasks.pop(task.id, None)


def _backend(account: str, region: str) -> Any:
    from moto.ecs.models import ecs_backends

    return ecs_backends[account][region]


def _places() -> list[tuple[str, str]]:
    from moto.ecs.models import ecs_backends

    return [
        (account, region)
        for account, regions in list(ecs_backends.items())
        for region, backend in list(regions.items())
        if backend.clusters
    ]


def _record(account: str, region: str, arn: str) -> Any:
    family, _, revision = arn.rsplit("/", 1)[-1].partition(":")
    return _backend(account, region).task_definitions[family][int(revision)]


def _definition(record: Any) -> Definition:
    described = {
        "taskDefinitionArn": record.arn,
        "family": record.family,
        "revision": record.revision,
        "status": record.status,
        "containerDefinitions": record.container_definitions,
        "networkMode": record.network_mode,
        "compatibilities": record.compatibilities,
        "volumes": record.volumes or [],
        "cpu": record.cpu,
        "memory": record.memory,
        "taskRoleArn": getattr(record, "task_role_arn", None),
        "executionRoleArn": getattr(record, "execution_role_arn", None),
        "ephemeralStorage": record.ephemeral_storage,
        "requiresCompatibilities": record.requires_compatibilities,
        "placementConstraints": record.placement_constraints or [],
        "runtimePlatform": record.runtime_platform,
        "proxyConfiguration": record.proxy_configuration,
        "inferenceAccelerators": record.inference_accelerators,
        "ipcMode": record.ipc_mode,
        "pidMode": record.pid_mode,
        "registeredAt": record.registered_at,
        "registeredBy": f"arn:aws:iam::{record.arn.split(':')[4]}:root",
        "deregisteredAt": record.deregistered_at,
        "tags": record.tags or [],
    }
    return {key: value for key, value in described.items() if value is not None}
