"""Operations on tags. Moto keeps those of APIs and VPC links; stages and domain names have their own."""

import re
from dataclasses import replace
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.models import DomainName
from localstack_engines.toolkit.dispatch import moto

_DOMAIN_NAME = re.compile(r"arn:[^:]+:apigateway:[^:]*::/domainnames/([^/]+)")
_STAGE = re.compile(r"arn:[^:]+:apigateway:[^:]*::/apis/([^/]+)/stages/([^/]+)")


class TagOperations(Operations):
    """Tags, untags and lists tags."""

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        present = self._own_tags(context, request)
        if present is None:
            return moto(context, "TagResource", request)
        return self._set_tags(context, request, {**present, **(request.get("Tags") or {})})

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        present = self._own_tags(context, request)
        if present is None:
            return moto(context, "UntagResource", request)
        return self._set_tags(
            context, request, {key: one for key, one in present.items() if key not in request["TagKeys"]}
        )

    def get_tags(self, context: RequestContext, request: Request) -> Response:
        present = self._own_tags(context, request)
        return moto(context, "GetTags", request) if present is None else {"Tags": dict(present)}

    def _own_tags(self, context: RequestContext, request: Request) -> dict[str, str] | None:
        """Returns the tags of a stage or domain name that the request names, or None for another resource."""
        record = self._stage(context, request) or self._domain_name(context, request)
        return None if record is None else record.tags

    def _set_tags(self, context: RequestContext, request: Request, tags: dict[str, str]) -> Response:
        if domain_name := self._domain_name(context, request):
            self.store.domain_names[domain_name.name] = replace(domain_name, tags=tags)
        else:
            self._stage(context, request).tags = tags
        return {}

    def _domain_name(self, context: RequestContext, request: Request) -> DomainName | None:
        named = _DOMAIN_NAME.fullmatch(request["ResourceArn"])
        return self.store.domain_name(context, {"DomainName": named[1]}) if named else None

    def _stage(self, context: RequestContext, request: Request) -> Any:
        """Returns the stage that the request names, or None for another resource."""
        named = _STAGE.fullmatch(request["ResourceArn"])
        return self.store.stage(context, {"ApiId": named[1], "StageName": named[2]}) if named else None
