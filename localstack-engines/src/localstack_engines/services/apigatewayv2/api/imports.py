"""Operations that make an API from an OpenAPI definition."""

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.apis import ApiOperations
from localstack_engines.services.apigatewayv2.api.authorizers import AuthorizerOperations
from localstack_engines.services.apigatewayv2.api.integrations import IntegrationOperations
from localstack_engines.services.apigatewayv2.api.operations import Request, Response
from localstack_engines.services.apigatewayv2.api.routes import RouteOperations
from localstack_engines.services.apigatewayv2.control.openapi import Definition, ImportedRoute, InvalidDefinition, parse
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.toolkit.dispatch import moto


class ImportOperations(ApiOperations, AuthorizerOperations, IntegrationOperations, RouteOperations):
    """Imports a definition as a new API, or in place of what an API has. A failed import changes nothing."""

    def prepare(self, context: RequestContext, request: Request) -> None:
        super().prepare(context, request)
        if context.operation.name in ("ImportApi", "ReimportApi"):
            for authorizer in _parsed(request).authorizers.values():
                self.check_issuer(authorizer)

    def import_api(self, context: RequestContext, request: Request) -> Response:
        definition = _parsed(request)
        api_id = self.create_api(context, definition.api)["ApiId"]
        self._fill(context, api_id, definition)
        return moto(context, "GetApi", {"ApiId": api_id})

    def reimport_api(self, context: RequestContext, request: Request) -> Response:
        definition, api = _parsed(request), self.store.api(context, request)
        for resources in (api.routes, api.integrations, api.authorizers):
            resources.clear()
        changes = {name: value for name, value in definition.api.items() if name != "ProtocolType"}
        self.update_api(context, {"ApiId": api.api_id, "CorsConfiguration": {}, **changes})
        self._fill(context, api.api_id, definition)
        return moto(context, "GetApi", {"ApiId": api.api_id})

    def _fill(self, context: RequestContext, api_id: str, definition: Definition) -> None:
        named = {"ApiId": api_id}
        authorizers = {
            name: (request["AuthorizerType"], self.create_authorizer(context, {**named, **request})["AuthorizerId"])
            for name, request in definition.authorizers.items()
        }
        for route in definition.routes:
            request = {**named, "RouteKey": route.key, **self._target(context, api_id, route)}
            if route.authorizer:
                kind, identifier = authorizers[route.authorizer]
                request |= {"AuthorizationType": "JWT" if kind == "JWT" else "CUSTOM", "AuthorizerId": identifier}
            if route.scopes:
                request["AuthorizationScopes"] = route.scopes
            if route.operation_name:
                request["OperationName"] = route.operation_name
            self.create_route(context, request)

    def _target(self, context: RequestContext, api_id: str, route: ImportedRoute) -> Request:
        if route.integration is None:
            return {}
        made = self.create_integration(context, {"ApiId": api_id, **route.integration})
        return {"Target": f"integrations/{made['IntegrationId']}"}


def _parsed(request: Request) -> Definition:
    try:
        return parse(request["Body"])
    except InvalidDefinition as problem:
        raise bad_request(str(problem)) from None
