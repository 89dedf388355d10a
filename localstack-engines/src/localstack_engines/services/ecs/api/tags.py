"""Operations on tags of tasks and services. Moto keeps those of clusters and task definitions."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, account_scope
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.toolkit.dispatch import moto


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

    def _record(self, context: RequestContext, arn: str) -> Task | Service | None:
        """Returns the task or service, or None for a resource that moto keeps. Raises InvalidParameterException."""
        kind = arn.split(":")[-1].split("/")[0]
        if kind not in ("task", "service"):
            return None
        scope = account_scope(context)
        name = identifiers.name_of(scope, kind, arn)
        found = self.store.tasks.get(name) if kind == "task" else self.store.services.get(arn)
        if found is None:
            raise invalid_parameter("The specified resource was not found.")
        return found
