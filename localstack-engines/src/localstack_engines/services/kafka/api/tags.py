"""Operations on the tags of clusters."""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.api.operations import Operations, Request, Response


class TagOperations(Operations):
    """Tags, untags and lists tags."""

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        self.cluster(context, request["ResourceArn"]).tags.update(request["Tags"])
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        tags = self.cluster(context, request["ResourceArn"]).tags
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        return {"Tags": self.cluster(context, request["ResourceArn"]).tags}
