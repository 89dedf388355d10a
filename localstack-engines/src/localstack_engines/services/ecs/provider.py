"""ECS's provider: the API in front, the task runner and the service scheduler behind."""

from typing import Any

from localstack_engines.services.ecs.api import operations as common
from localstack_engines.services.ecs.api.clusters import ClusterOperations
from localstack_engines.services.ecs.api.services import ServiceOperations
from localstack_engines.services.ecs.api.tags import TagOperations
from localstack_engines.services.ecs.api.task_definitions import TaskDefinitionOperations
from localstack_engines.services.ecs.api.tasks import TaskOperations
from localstack_engines.services.ecs.control.reconciler import Reconciler
from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.engine.task_engine import Engine
from localstack_engines.services.ecs.models import Deployment, Service, Task
from localstack_engines.services.ecs.store import Store
from localstack_engines.toolkit import dispatch


class EcsProvider(ClusterOperations, TaskDefinitionOperations, TaskOperations, ServiceOperations, TagOperations):
    """Operations not defined in one of the groups go to moto."""

    def __init__(self) -> None:
        self.store = Store()
        self._engine = Engine()
        self.runner = TaskRunner(self._engine, _client, lambda task: self.scheduler.task_changed(task))
        reconciler = Reconciler(self.store, self._start_task, self.runner.stop)
        self.scheduler = Scheduler(self.store, reconciler.reconcile)

    def on_before_start(self) -> None:
        from localstack_engines.services.ecs.api import task_metadata as metadata

        self._engine.start()
        self.scheduler.start()
        metadata.serve(self.store)

    def on_before_stop(self) -> None:
        self.scheduler.stop()
        self._engine.stop()

    def _start_task(self, service: Service, deployment: Deployment) -> Task:
        """A new task of a service's deployment."""
        revision = deployment.service_revision
        scope = service.scope
        definition = common.definition(scope.account, scope.region, revision["taskDefinition"], inactive_too=True)
        strategy = revision.get("capacityProviderStrategy")
        task = Task(
            scope=scope,
            definition=definition,
            group=service.group,
            launch_type="FARGATE",
            capacity_provider=strategy[0]["capacityProvider"] if strategy else None,
            tags=_tags(service, definition),
            started_by=deployment.id,
            enable_execute_command=revision.get("enableExecuteCommand") or False,
        )
        self.store.tasks[task.id] = task
        network = revision["networkConfiguration"]["awsvpcConfiguration"]
        self.runner.start(task, network, revision.get("serviceRegistries") or [])
        return task


def _tags(service: Service, definition: dict[str, Any]) -> list[dict[str, str]]:
    source = {"SERVICE": service.tags, "TASK_DEFINITION": definition["tags"]}.get(service.settings["propagateTags"], [])
    managed = [
        {"key": "aws:ecs:serviceName", "value": service.name},
        {"key": "aws:ecs:clusterName", "value": service.scope.cluster},
    ]
    return [*source, *(managed if service.settings["enableECSManagedTags"] else [])]


def _client(task: Task, service: str, region: str | None) -> Any:
    """A boto3 client inside LocalStack, in the task's account."""
    from localstack.aws.connect import connect_to

    scope = task.scope
    return connect_to(aws_access_key_id=scope.account, region_name=region or scope.region).get_client(service)


def service() -> Any:
    return dispatch.make_service("ecs", EcsProvider())
