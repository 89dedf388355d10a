"""Operations on APIs."""

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import validation, websocket_validation
from localstack_engines.services.apigatewayv2.api.integrations import IntegrationOperations
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.api.routes import RouteOperations
from localstack_engines.services.apigatewayv2.api.stages import StageOperations
from localstack_engines.services.apigatewayv2.errors import conflict, has_mappings
from localstack_engines.services.apigatewayv2.models import domain
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class ApiOperations(Operations):
    """Creates, updates, deletes and lists APIs."""

    def create_api(self, context: RequestContext, request: Request) -> Response:
        request = _checked(request)
        custom_id = (request.get("Tags") or {}).get("_custom_id_")
        if custom_id and any(api.api_id == custom_id for _, _, api in self.store.all_apis()):
            raise conflict(f"The API identifier {custom_id} is taken")
        api = self.store.api(context, moto(context, "CreateApi", request))
        if custom_id:
            self.store.set_api_id(context, api, custom_id, request["Tags"])
        scheme = "ws" if request["ProtocolType"] == "WEBSOCKET" else "http"
        set_fields(api, {"ApiEndpoint": f"{scheme}://{domain(api.api_id)}"})
        if request.get("Target"):
            self._quick_create(context, api.api_id, request)
        return moto(context, "GetApi", {"ApiId": api.api_id})

    def update_api(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        _check_members(api.protocol_type, request)
        set_fields(api, {key: value for key, value in request.items() if key != "CredentialsArn"})
        return moto(context, "GetApi", identifiers(api, request))

    def delete_api(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        if names := self.store.domain_names_with(api.api_id):
            raise has_mappings("API", names)
        return moto(context, "DeleteApi", request)

    def delete_cors_configuration(self, context: RequestContext, request: Request) -> Response:
        self.store.api(context, request)
        return moto(context, "DeleteCorsConfiguration", request)

    def get_apis(self, context: RequestContext, request: Request) -> Response:
        return page(moto(context, "GetApis", request)["Items"], request)

    def _quick_create(self, context: RequestContext, api_id: str, request: Request) -> None:
        """Gives an API that is created with a target a route to it, and a stage with automatic deployment."""
        target = request["Target"]
        properties = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
        if target.startswith("arn:"):
            properties = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"}
        shared = (self.store, self.publisher, self.issuers, self.lambda_authorizers)
        integration = IntegrationOperations(*shared).create_integration(
            context, {"ApiId": api_id, "IntegrationUri": target, **properties}
        )
        route = {"RouteKey": request.get("RouteKey") or "$default"}
        route["Target"] = f"integrations/{integration['IntegrationId']}"
        RouteOperations(*shared).create_route(context, {"ApiId": api_id, **route})
        StageOperations(*shared).create_stage(context, {"ApiId": api_id, "StageName": "$default", "AutoDeploy": True})


def _checked(request: Request) -> Request:
    """Returns the request of CreateApi with its defaults."""
    validation.check_api(request)
    _check_members(request["ProtocolType"], request)
    if request["ProtocolType"] == "WEBSOCKET":
        return {**request, "RouteSelectionExpression": _selection(request)}
    return request


def _check_members(protocol: str, request: Request) -> None:
    websocket_validation.check_members("api", protocol, request)
    if protocol == "WEBSOCKET":
        websocket_validation.check_route_selection(request)
        return
    validation.check_route_selection(request)
    validation.check_cors(request.get("CorsConfiguration") or {})


def _selection(request: Request) -> str:
    return request.get("RouteSelectionExpression") or websocket_validation.DEFAULT_SELECTION
