"""Operations on API mappings, which say what a custom domain name serves."""

import re
from dataclasses import replace

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import descriptions
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict, not_found
from localstack_engines.services.apigatewayv2.models import ApiMapping, DomainName
from localstack_engines.services.apigatewayv2.store import new_id

_KEY = re.compile(r"[\w$\-.+!*'()/]{0,300}", re.ASCII)


class ApiMappingOperations(Operations):
    """Creates, updates, deletes, describes and lists mappings. One is part of its domain name's record."""

    def create_api_mapping(self, context: RequestContext, request: Request) -> Response:
        mapping = ApiMapping(new_id(6), request.get("ApiMappingKey") or "", request["ApiId"], request["Stage"])
        return self._put_mapping(context, request, mapping)

    def update_api_mapping(self, context: RequestContext, request: Request) -> Response:
        former = self._mapping(self.store.domain_name(context, request), request)
        changed = {
            name: request[member]
            for name, member in (("key", "ApiMappingKey"), ("api_id", "ApiId"), ("stage", "Stage"))
            if member in request
        }
        return self._put_mapping(context, request, replace(former, **changed))

    def delete_api_mapping(self, context: RequestContext, request: Request) -> Response:
        record = self.store.domain_name(context, request)
        gone = self._mapping(record, request)
        self._set_mappings(record, [mapping for mapping in record.mappings if mapping is not gone])
        return {}

    def get_api_mapping(self, context: RequestContext, request: Request) -> Response:
        return descriptions.api_mapping(self._mapping(self.store.domain_name(context, request), request))

    def get_api_mappings(self, context: RequestContext, request: Request) -> Response:
        mappings = self.store.domain_name(context, request).mappings
        return page([descriptions.api_mapping(mapping) for mapping in mappings], request)

    def _put_mapping(self, context: RequestContext, request: Request, mapping: ApiMapping) -> Response:
        """Checks a new or changed mapping, and records it."""
        record = self.store.domain_name(context, request)
        _check_key(mapping.key)
        api = self.store.api(context, {"ApiId": mapping.api_id})
        if api.protocol_type != "HTTP":
            raise bad_request("Custom domain names of WebSocket APIs are not supported by the local API Gateway")
        if mapping.stage not in api.stages:
            raise bad_request("Invalid stage identifier specified")
        others = [other for other in record.mappings if other.id != mapping.id]
        if any(other.key == mapping.key for other in others):
            raise conflict("ApiMapping key already exists for this domain name")
        self._set_mappings(record, [*others, mapping])
        return descriptions.api_mapping(mapping)

    def _set_mappings(self, record: DomainName, mappings: list[ApiMapping]) -> None:
        self.store.domain_names[record.name] = replace(record, mappings=tuple(mappings))

    def _mapping(self, record: DomainName, request: Request) -> ApiMapping:
        found = next((mapping for mapping in record.mappings if mapping.id == request["ApiMappingId"]), None)
        if found is None:
            raise not_found("ApiMapping", request["ApiMappingId"])
        return found


def _check_key(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise bad_request("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'()/")
    if key and "" in key.split("/"):
        raise bad_request("API mapping key should not start or end with a '/' or have consecutive '/'s.")
