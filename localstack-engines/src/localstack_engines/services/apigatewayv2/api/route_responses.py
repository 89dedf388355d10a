"""Operations on route responses, which make a route's communication two-way."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.gateway.websockets.model import DEFAULT
from localstack_engines.services.apigatewayv2.api import websocket_validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class RouteResponseOperations(Operations):
    """Creates, updates, deletes and lists route responses."""

    def create_route_response(self, context: RequestContext, request: Request) -> Response:
        route = self.store.route(context, request)
        self._check_route_response(context, request)
        if route.route_responses:
            raise conflict(f"Route response with key {request['RouteResponseKey']} already exists for this route")
        return moto(context, "CreateRouteResponse", request)

    def update_route_response(self, context: RequestContext, request: Request) -> Response:
        response = self.store.route_response(context, request)
        self._check_route_response(context, {"RouteResponseKey": response.route_response_key, **request})
        set_fields(response, request)
        return moto(context, "GetRouteResponse", identifiers(response, request))

    def delete_route_response(self, context: RequestContext, request: Request) -> Response:
        self.store.route_response(context, request)
        return moto(context, "DeleteRouteResponse", request)

    def get_route_responses(self, context: RequestContext, request: Request) -> Response:
        route = self.store.route(context, request)
        shared = {"ApiId": request["ApiId"], "RouteId": route.route_id}
        references = [{**shared, "RouteResponseId": identifier} for identifier in list(route.route_responses)]
        return page([moto(context, "GetRouteResponse", reference) for reference in references], request)

    def _check_route_response(self, context: RequestContext, request: Request) -> None:
        api: Any = self.store.api(context, request)
        if api.protocol_type != "WEBSOCKET":
            raise bad_request(f"Route responses are not supported on protocolType {api.protocol_type}")
        if request["RouteResponseKey"] != DEFAULT:
            raise bad_request(f"Route response key must be {DEFAULT}")
        websocket_validation.check_selection(request, "ModelSelectionExpression")
        names = [model.name for model in api.models.values()]
        websocket_validation.check_model_names(request.get("ResponseModels") or {}, names)
