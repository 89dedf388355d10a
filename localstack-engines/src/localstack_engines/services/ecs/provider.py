"""The ECS service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.metrics import collector
from localstack_engines.network.security_groups.enforcement import filters
from localstack_engines.services.ecs.api import execute_command, task_agent, task_credentials, task_metadata
from localstack_engines.services.ecs.api.account_settings import AccountSettingOperations
from localstack_engines.services.ecs.api.attributes import AttributeOperations
from localstack_engines.services.ecs.api.capacity_providers import CapacityProviderOperations
from localstack_engines.services.ecs.api.clusters import ClusterOperations
from localstack_engines.services.ecs.api.container_instances import ContainerInstanceOperations
from localstack_engines.services.ecs.api.execute_command import ExecuteCommandOperations
from localstack_engines.services.ecs.api.express_services import ExpressServiceOperations
from localstack_engines.services.ecs.api.service_deployments import ServiceDeploymentOperations
from localstack_engines.services.ecs.api.services import ServiceOperations
from localstack_engines.services.ecs.api.tags import TagOperations
from localstack_engines.services.ecs.api.task_definitions import TaskDefinitionOperations
from localstack_engines.services.ecs.api.task_protection import TaskProtectionOperations
from localstack_engines.services.ecs.api.task_sets import TaskSetOperations
from localstack_engines.services.ecs.api.tasks import TaskOperations
from localstack_engines.services.ecs.control import load_balancers
from localstack_engines.services.ecs.control.container_instances import ContainerInstances
from localstack_engines.services.ecs.control.express_services import ExpressServices
from localstack_engines.services.ecs.control.managed_scaling import ManagedScaling
from localstack_engines.services.ecs.control.metrics import ServiceMetrics
from localstack_engines.services.ecs.control.reconciler import Reconciler
from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.control.task_placer import TaskPlacer
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.engine.task_engine import TaskEngine
from localstack_engines.services.ecs.store import Store
from localstack_engines.services.ecs.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class EcsProvider(
    ClusterOperations,
    CapacityProviderOperations,
    AccountSettingOperations,
    ContainerInstanceOperations,
    AttributeOperations,
    TaskDefinitionOperations,
    TaskOperations,
    ExecuteCommandOperations,
    TaskProtectionOperations,
    ServiceOperations,
    ServiceDeploymentOperations,
    TaskSetOperations,
    ExpressServiceOperations,
    TagOperations,
):
    """The operations of the ECS API. One that is not in the groups is answered with an error that names it."""

    def __init__(self) -> None:
        store = Store()
        self._engine = TaskEngine(filters)
        runner = TaskRunner(store, self._engine)
        scaling = ManagedScaling(store)
        instances = ContainerInstances(store, runner, lambda scope: scheduler.wake_cluster(scope), scaling.tend)
        placer = TaskPlacer(store, instances, scaling)
        self.express = ExpressServices(store, lambda arn: scheduler.wake(arn))
        scheduler = Scheduler(store, Reconciler(store, runner, instances, placer, self.express))
        self._metrics = ServiceMetrics(store, self._engine.usage)
        runner.listen(scheduler.task_changed)
        load_balancers.watch(store, scheduler.task_changed)
        super().__init__(store, runner, scheduler, instances, placer)

    def on_before_start(self) -> None:
        self._engine.start()
        self.scheduler.start()
        self.instances.start()
        collector.add(self._metrics.samples)
        task_credentials.serve(self.store)
        task_metadata.serve(self.store)
        task_agent.serve(self.store, self.scheduler)
        execute_command.serve(self.exec_sessions, self._engine.terminal)

    def on_before_stop(self) -> None:
        self.instances.stop()
        self.scheduler.stop()
        self._engine.stop()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("ecs", EcsProvider(), SUPPORT)
