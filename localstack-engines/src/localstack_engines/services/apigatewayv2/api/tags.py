"""Operations on tags. Moto keeps those of APIs and VPC links; a stage has its own in its record."""

import re
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.toolkit.dispatch import moto

_STAGE = re.compile(r"arn:[^:]+:apigateway:[^:]*::/apis/([^/]+)/stages/([^/]+)")


class TagOperations(Operations):
    """Tags, untags and lists tags."""

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        stage = self._stage(context, request)
        if stage is None:
            return moto(context, "TagResource", request)
        stage.tags = {**stage.tags, **(request.get("Tags") or {})}
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        stage = self._stage(context, request)
        if stage is None:
            return moto(context, "UntagResource", request)
        stage.tags = {key: value for key, value in stage.tags.items() if key not in request["TagKeys"]}
        return {}

    def get_tags(self, context: RequestContext, request: Request) -> Response:
        stage = self._stage(context, request)
        return moto(context, "GetTags", request) if stage is None else {"Tags": dict(stage.tags)}

    def _stage(self, context: RequestContext, request: Request) -> Any:
        """Returns the stage that the request names, or None for another resource."""
        named = _STAGE.fullmatch(request["ResourceArn"])
        return self.store.stage(context, {"ApiId": named[1], "StageName": named[2]}) if named else None
