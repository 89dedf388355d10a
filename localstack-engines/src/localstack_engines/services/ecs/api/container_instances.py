"""Operations on container instances."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.network.addresses import SubnetFull
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.ecs.api import identifiers, instance_descriptions, instance_documents, placement_rules
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, found_or_missing, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.control.placement import Candidate, satisfies
from localstack_engines.services.ecs.errors import client_exception, invalid_parameter
from localstack_engines.services.ecs.instance_models import ACTIVE, DRAINING, INACTIVE, ContainerInstance
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.errors import ServiceError

_KIND = "container-instance"
_MOST_DESCRIBED = 100
_MOST_UPDATED = 10


class ContainerInstanceOperations(Operations):
    """Registers, describes, lists, drains and deregisters container instances."""

    def register_container_instance(self, context: RequestContext, request: Request) -> Response:
        """Registers the EC2 instance that the identity document names, as the agent on it does."""
        scope = self.scope(context, request.get("cluster"))
        record = instance_documents.ec2_instance(scope, request)
        # The thread that follows EC2's instances may register the same one at this moment.
        with self.store.lock:
            known = [one for one in self.store.instances_of(scope.account, scope.region) if one.status != INACTIVE]
            instance = next((one for one in known if one.ec2_instance_id == record.id), None)
            if instance is not None and instance.scope != scope:
                raise invalid_parameter(
                    f"The instance {record.id} is registered in the cluster {instance.scope.cluster}."
                )
            if instance is None:
                instance = self._registered(scope, record)
        instance.attributes |= {one["name"]: one.get("value") for one in request.get("attributes") or []}
        instance.tags = list(request.get("tags") or [])
        return {"containerInstance": self._described_instance(instance)}

    def list_container_instances(self, context: RequestContext, request: Request) -> Response:
        scope = self._refreshed_scope(context, request)
        status, expression = request.get("status"), request.get("filter")
        if expression:
            placement_rules.check_expression(expression)
        found = [
            one.arn
            for one in self.store.instances_in(scope)
            if one.status == (status or one.status)
            and one.status != INACTIVE
            and (not expression or satisfies(Candidate(one, self.store.tasks_on(one)), expression))
        ]
        items, more = PAGER.page(found, request)
        return {"containerInstanceArns": items, **more}

    def describe_container_instances(self, context: RequestContext, request: Request) -> Response:
        scope = self._refreshed_scope(context, request)
        found, failures = found_or_missing(
            scope, _KIND, request["containerInstances"], self.store.find_instance, _MOST_DESCRIBED
        )
        described = [self._described_instance(one, includes(request, "TAGS")) for one in found]
        return {"containerInstances": described, "failures": failures}

    def update_container_instances_state(self, context: RequestContext, request: Request) -> Response:
        scope = self._refreshed_scope(context, request)
        if request["status"] not in (ACTIVE, DRAINING):
            raise invalid_parameter("Container instance status should be one of [ACTIVE, DRAINING]")
        found, failures = found_or_missing(scope, _KIND, request["containerInstances"], self._active, _MOST_UPDATED)
        for instance in found:
            with self.store.lock:
                instance.set_status(request["status"])
        self.scheduler.wake_cluster(scope)
        return {"containerInstances": [self._described_instance(one) for one in found], "failures": failures}

    def deregister_container_instance(self, context: RequestContext, request: Request) -> Response:
        """Removes an instance from its cluster. With `force` its tasks stop: nobody would be left to stop them."""
        scope = self._refreshed_scope(context, request)
        instance = self.found_instance(scope, request["containerInstance"])
        if self.store.tasks_on(instance) and not request.get("force"):
            raise invalid_parameter("Found running tasks on the instance.")
        self.instances.deregister(instance, "The container instance was deregistered.")
        return {"containerInstance": self._described_instance(instance)}

    def update_container_agent(self, context: RequestContext, request: Request) -> Response:
        """Refuses the request as AWS does when an agent has the latest version: here it always has."""
        self.found_instance(self._refreshed_scope(context, request), request["containerInstance"])
        raise ServiceError("NoUpdateAvailableException", "There is no update available for your container agent.")

    def found_instance(self, scope: Scope, reference: str) -> ContainerInstance:
        """Returns an instance that is not INACTIVE. Raises InvalidParameterException."""
        found = self._active(scope, identifiers.name_of(scope, _KIND, reference))
        if found is None:
            raise invalid_parameter("The referenced container instance was not found.")
        return found

    def _registered(self, scope: Scope, record: Any) -> ContainerInstance:
        try:
            instance = self.instances.register(scope, record)
        except (SubnetFull, NetworkConflict) as error:
            raise client_exception(f"This machine has no address for the instance {record.id}: {error}") from error
        if instance is None:
            raise client_exception(f"EC2 has no instance type {record.instance_type}.")
        return instance

    def _active(self, scope: Scope, reference: str) -> ContainerInstance | None:
        found = self.store.find_instance(scope, reference)
        return found if found is not None and found.status != INACTIVE else None

    def _refreshed_scope(self, context: RequestContext, request: Request) -> Scope:
        scope = self.scope(context, request.get("cluster"))
        self.instances.refresh(scope.account, scope.region)
        return scope

    def _described_instance(self, instance: ContainerInstance, with_tags: bool = True) -> Response:
        return instance_descriptions.container_instance(instance, self.store.tasks_on(instance), with_tags)
