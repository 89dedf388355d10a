"""Moves the traffic of Express services to new tasks, and removes what a deleted one was made of."""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack

from localstack_engines.services.ecs.control import express_scaling
from localstack_engines.services.ecs.control.express_resources import ExpressResources
from localstack_engines.services.ecs.control.service_tasks import serves
from localstack_engines.services.ecs.deployment_models import Deployment
from localstack_engines.services.ecs.express_models import ExpressService, Json
from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)


class ExpressServices:
    """What the reconciler asks about Express services. For other services each method says that nothing is to do.

    `wake` reconciles a service by its ARN.
    """

    def __init__(self, store: Store, wake: Callable[[str], None]) -> None:
        self.resources = ExpressResources()
        self._store = store
        self._wake = wake
        self._leaving: set[str] = set()

    def stoppable(
        self, service: Service, deployment: Deployment, current: list[Task], previous: list[Task]
    ) -> list[Task]:
        """Returns the tasks of former deployments that may be stopped: those with the traffic stay until it has moved.

        The traffic moves, at once, when all tasks of the current deployment serve.
        """
        express = self._store.express_services.get(service.arn)
        group = _group(deployment.service_revision.get("loadBalancers"))
        if express is None or group == express.serving or group not in express.target_groups:
            return previous
        if sum(serves(task) for task in current) < service.desired_count:
            return [task for task in previous if _group(task.load_balancers) != express.serving]
        self.resources.shift(express, group)
        self._follow(express, express.configuration(deployment.revision_id).scaling)
        service.log(f"(deployment {deployment.id}) has moved the traffic to (target-group {group}).")
        return previous

    def is_gone(self, service: Service) -> bool:
        """Returns whether nothing is left of what a service without tasks was made of. It is removed if not."""
        express = self._store.express_services.get(service.arn)
        if express is None or express.is_removed:
            return True
        if express.arn not in self._leaving:
            self._leaving.add(express.arn)
            threading.Thread(target=self._remove, args=(express,), name=f"ecs-express-{express.name}").start()
        return False

    @staticmethod
    def _follow(express: ExpressService, scaling: Json) -> None:
        """Makes auto scaling count the requests to the target group that has the traffic now.

        Auto scaling changes services while it has a lock of its own. The caller's lock must not wait for that one.
        """
        if express_scaling.counts_requests(scaling):
            name = f"ecs-express-scaling-{express.name}"
            threading.Thread(target=express_scaling.apply, args=(express, scaling), name=name).start()

    def _remove(self, express: ExpressService) -> None:
        try:
            with ExitStack() as parts:
                parts.callback(self.resources.remove, express)
                parts.callback(express_scaling.remove, express)
        except Exception:
            # A part that its owner has removed already must not keep the service.
            LOG.exception("removing what the Express service %s was made of", express.arn)
        finally:
            express.is_removed = True
            self._leaving.discard(express.arn)
            self._wake(express.arn)


def _group(balancers: list[dict[str, str]] | None) -> str:
    return str(balancers[0].get("targetGroupArn") or "") if balancers else ""
