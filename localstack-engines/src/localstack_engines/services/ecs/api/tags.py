"""Operations on tags. Moto keeps those of clusters and task definitions."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope
from localstack_engines.services.ecs.deployment_models import TaskSet
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.instance_models import CapacityProvider, ContainerInstance
from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.toolkit.dispatch import moto

Tagged = Task | Service | TaskSet | ContainerInstance | CapacityProvider


class TagOperations(Operations):
    """Tags, untags and lists tags."""

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        record = self._record(context, request["resourceArn"])
        if record is None:
            return moto(context, "TagResource", request)
        record.tags = list({tag["key"]: tag for tag in [*record.tags, *request["tags"]]}.values())
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        record = self._record(context, request["resourceArn"])
        if record is None:
            return moto(context, "UntagResource", request)
        record.tags = [tag for tag in record.tags if tag["key"] not in request["tagKeys"]]
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        record = self._record(context, request["resourceArn"])
        if record is None:
            return moto(context, "ListTagsForResource", request)
        return {"tags": record.tags}

    def _record(self, context: RequestContext, arn: str) -> Tagged | None:
        """Returns the record, or None for a resource that moto keeps. Raises InvalidParameterException."""
        kind = arn.split(":")[-1].split("/")[0]
        if kind not in ("task", "service", "task-set", "container-instance", "capacity-provider"):
            return None
        scope = account_scope(context)
        name = identifiers.name_of(scope, kind, arn)
        found = self._find_tagged(kind, name, arn)
        if found is None:
            raise invalid_parameter("The specified resource was not found.")
        return found

    def _find_tagged(self, kind: str, name: str, arn: str) -> Tagged | None:
        if kind == "task":
            return self.store.tasks.get(name)
        if kind == "container-instance":
            return self.store.container_instances.get(arn)
        if kind == "capacity-provider":
            return next((one for one in self.store.capacity_providers.values() if one.arn == arn), None)
        if kind == "service":
            return self.store.services.get(arn)
        sets = ((s, one) for s in list(self.store.services.values()) for one in s.task_sets)
        return next((one for service, one in sets if service.part_arn("task-set", one.id) == arn), None)
