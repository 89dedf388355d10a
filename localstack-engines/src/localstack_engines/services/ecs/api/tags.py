"""Tags of tasks and services; moto has those of clusters and task definitions."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs import errors
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.models import Service, Task
from localstack_engines.toolkit import dispatch


class TagOperations(Operations):
    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        own = self._own(request["resourceArn"])
        if own is None:
            return dispatch.moto(context, "TagResource", request)
        own.tags = list({tag["key"]: tag for tag in [*own.tags, *request["tags"]]}.values())
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        own = self._own(request["resourceArn"])
        if own is None:
            return dispatch.moto(context, "UntagResource", request)
        own.tags = [tag for tag in own.tags if tag["key"] not in request["tagKeys"]]
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        own = self._own(request["resourceArn"])
        if own is None:
            return dispatch.moto(context, "ListTagsForResource", request)
        return {"tags": own.tags}

    def _own(self, arn: str) -> Task | Service | None:
        """The task or service; None for what moto keeps."""
        kind = arn.split(":")[-1].split("/")[0]
        if kind not in ("task", "service"):
            return None
        found = self.store.tasks.get(arn.rsplit("/", 1)[-1]) if kind == "task" else self.store.services.get(arn)
        if found is None:
            raise errors.invalid_parameter("The specified resource was not found.")
        return found
