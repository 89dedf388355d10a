"""Operations on routes."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import validation, websocket_validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict, not_found
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class RouteOperations(Operations):
    """Creates, updates, deletes and lists routes."""

    def create_route(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        _check(api, request)
        _check_key_is_free(api, request["RouteKey"])
        return moto(context, "CreateRoute", request)

    def update_route(self, context: RequestContext, request: Request) -> Response:
        api, route = self.store.api(context, request), self.store.route(context, request)
        merged = {**moto(context, "GetRoute", identifiers(route, request)), **request}
        _check(api, merged)
        _check_key_is_free(api, merged["RouteKey"], route)
        set_fields(route, request)
        return moto(context, "GetRoute", identifiers(route, request))

    def delete_route(self, context: RequestContext, request: Request) -> Response:
        self.store.route(context, request)
        return moto(context, "DeleteRoute", request)

    def delete_route_request_parameter(self, context: RequestContext, request: Request) -> Response:
        route, key = self.store.route(context, request), request["RequestParameterKey"]
        if key not in route.request_parameters:
            raise not_found("RequestParameter", key)
        return moto(context, "DeleteRouteRequestParameter", request)

    def get_routes(self, context: RequestContext, request: Request) -> Response:
        return page(moto(context, "GetRoutes", request)["Items"], request)


def _check_key_is_free(api: Any, key: str, route: Any = None) -> None:
    if any(other.route_key == key and other is not route for other in api.routes.values()):
        raise conflict(f"Route with key {key} already exists for this API")


def _check(api: Any, request: Request) -> None:
    websocket_validation.check_members("route", api.protocol_type, request)
    target = (request.get("Target") or "").removeprefix("integrations/")
    if target and target not in api.integrations:
        raise not_found("Integration", target)
    if api.protocol_type == "WEBSOCKET":
        websocket_validation.check_route(request, api.authorizers, [model.name for model in api.models.values()])
        return
    validation.check_route_key(request["RouteKey"])
    kind = request.get("AuthorizationType") or "NONE"
    if kind == "AWS_IAM":
        raise bad_request("Authorization type AWS_IAM is not supported by the local API Gateway")
    if kind in ("JWT", "CUSTOM"):
        authorizer = api.authorizers.get(request.get("AuthorizerId"))
        expected = "JWT" if kind == "JWT" else "REQUEST"
        if authorizer is None or authorizer.authorizer_type != expected:
            raise bad_request(
                "Invalid authorizer ID specified. Setting the authorization type to JWT or CUSTOM requires a "
                "valid authorizer."
            )
    if request.get("AuthorizationScopes") and kind != "JWT":
        raise bad_request("Authorization scopes are only supported for the JWT authorization type")
