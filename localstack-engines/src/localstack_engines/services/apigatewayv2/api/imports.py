"""Operations that make an API from an OpenAPI definition."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.cloudformation.properties import fit
from localstack_engines.services.apigatewayv2.api.apis import ApiOperations
from localstack_engines.services.apigatewayv2.api.authorizers import AuthorizerOperations
from localstack_engines.services.apigatewayv2.api.integrations import IntegrationOperations
from localstack_engines.services.apigatewayv2.api.operations import Request, Response
from localstack_engines.services.apigatewayv2.api.routes import RouteOperations
from localstack_engines.services.apigatewayv2.control.openapi.definition import (
    Definition,
    ImportedRoute,
    InvalidDefinition,
)
from localstack_engines.services.apigatewayv2.control.openapi.reading import parse
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.services.apigatewayv2.support import SUPPORT
from localstack_engines.toolkit import constraints
from localstack_engines.toolkit.dispatch import moto

_BASE_PATHS = ("ignore", "prepend", "split")


class ImportOperations(ApiOperations, AuthorizerOperations, IntegrationOperations, RouteOperations):
    """Imports a definition as a new API, or in place of what an API has. A failed import changes nothing."""

    def prepare(self, context: RequestContext, request: Request) -> None:
        super().prepare(context, request)
        if context.operation.name in ("ImportApi", "ReimportApi"):
            for authorizer in _parsed(context, request).authorizers.values():
                # The API has no identifier yet.
                self.check_issuer(_fitting(context, "CreateAuthorizer", {"ApiId": "", **authorizer}))

    def import_api(self, context: RequestContext, request: Request) -> Response:
        definition = _parsed(context, request)
        members = _fitting(context, "CreateApi", definition.api)
        api_id = str(self.create_api(context, members)["ApiId"])
        self._fill(context, api_id, definition)
        self.store.api(context, {"ApiId": api_id}).imported_tags = tuple(members.get("Tags") or ())
        return _answer(context, api_id, definition)

    def reimport_api(self, context: RequestContext, request: Request) -> Response:
        definition, api = _parsed(context, request), self.store.api(context, request)
        tags: dict[str, str] = definition.api.pop("Tags", {})
        for resources in (api.routes, api.integrations, api.authorizers):
            resources.clear()
        changes = {name: value for name, value in definition.api.items() if name != "ProtocolType"}
        changes = _fitting(context, "UpdateApi", {"ApiId": api.api_id, **changes})
        self.update_api(context, {"CorsConfiguration": {}, **changes})
        self._fill(context, api.api_id, definition)
        self.store.set_tags(context, api, tags, former=getattr(api, "imported_tags", ()))
        api.imported_tags = tuple(tags)
        return _answer(context, api.api_id, definition)

    def _fill(self, context: RequestContext, api_id: str, definition: Definition) -> None:
        named = {"ApiId": api_id}
        authorizers, targets = {}, {}
        for name, wanted in definition.authorizers.items():
            request = _fitting(context, "CreateAuthorizer", {**named, **wanted})
            made = self.create_authorizer(context, request)
            authorizers[name] = (request["AuthorizerType"], made["AuthorizerId"])
        for name, wanted in definition.integrations.items():
            made = self.create_integration(context, _fitting(context, "CreateIntegration", {**named, **wanted}))
            targets[name] = f"integrations/{made['IntegrationId']}"
        for route in definition.routes:
            request = {**named, **_route(route, authorizers, targets)}
            self.create_route(context, _fitting(context, "CreateRoute", request))


def _answer(context: RequestContext, api_id: str, definition: Definition) -> Response:
    notes = {"ImportInfo": definition.info, "Warnings": definition.warnings}
    found = {name: texts for name, texts in notes.items() if texts}
    return {**moto(context, "GetApi", {"ApiId": api_id}), **found}


def _parsed(context: RequestContext, request: Request) -> Definition:
    base_path = request.get("Basepath") or "ignore"
    if base_path not in _BASE_PATHS:
        raise bad_request(f"Invalid basepath {base_path}. Must be one of {', '.join(_BASE_PATHS)}")
    variables = {
        "AWS::AccountId": context.account_id,
        "AWS::Partition": context.partition,
        "AWS::Region": context.region,
    }
    try:
        definition = parse(request["Body"], base_path, variables)
    except InvalidDefinition as problem:
        raise bad_request(str(problem)) from None
    if request.get("FailOnWarnings") and definition.warnings:
        raise bad_request("\n\t".join(["Warnings found during import:", *definition.warnings]))
    return definition


def _fitting(context: RequestContext, operation: str, wanted: Request) -> Request:
    """Returns a request that fits the model of the operation. Raises BadRequestException where it cannot."""
    shape = context.service.operation_model(operation).input_shape
    try:
        request: dict[str, Any] = fit(shape, wanted, operation)
    except (AttributeError, TypeError, ValueError) as problem:
        raise bad_request(f"Unable to parse API definition: {operation}: {problem}") from None
    if fault := constraints.violation(shape, request) or SUPPORT.problem(shape, request):
        raise bad_request(f"Unable to parse API definition: {operation}: {fault}")
    return request


def _route(route: ImportedRoute, authorizers: dict[str, tuple[str, str]], targets: dict[str, str]) -> Request:
    request: Request = {"RouteKey": route.key, "AuthorizationScopes": route.scopes}
    if route.integration:
        request["Target"] = targets[route.integration]
    if route.authorizer:
        kind, identifier = authorizers[route.authorizer]
        request |= {"AuthorizationType": "JWT" if kind == "JWT" else "CUSTOM", "AuthorizerId": identifier}
    if route.authorization:
        request["AuthorizationType"] = route.authorization
    if route.operation_name:
        request["OperationName"] = route.operation_name
    return request
