"""Operations on APIs."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.api.integrations import IntegrationOperations
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.api.routes import RouteOperations
from localstack_engines.services.apigatewayv2.api.stages import StageOperations
from localstack_engines.services.apigatewayv2.errors import Conflict
from localstack_engines.services.apigatewayv2.models import domain
from localstack_engines.toolkit.dispatch import moto

_ONLY_AT_CREATION = ("Target", "RouteKey", "CredentialsArn")


class ApiOperations(Operations):
    """CreateApi, UpdateApi and so on."""

    def create_api(self, context: Any, request: dict) -> dict:
        validation.check_api(request)
        custom_id = (request.get("Tags") or {}).get("_custom_id_")
        if custom_id and any(api.api_id == custom_id for _, _, api in store.all_apis()):
            raise Conflict(f"The API identifier {custom_id} is taken")
        api_id = moto(context, "CreateApi", request)["ApiId"]
        if custom_id:
            store.set_api_id(context, api_id, custom_id, request["Tags"])
            api_id = custom_id
        identifier = {"ApiId": api_id}
        store.set_fields(store.api(context, identifier), {"ApiEndpoint": f"http://{domain(api_id)}"})
        if request.get("Target"):
            self._quick_create(context, api_id, request)
        return self._run_and_publish(context, "GetApi", identifier)

    def update_api(self, context: Any, request: dict) -> dict:
        validation.check_cors(request.get("CorsConfiguration") or {})
        api = store.api(context, request)
        store.set_fields(api, {key: value for key, value in request.items() if key not in _ONLY_AT_CREATION})
        return self._run_and_publish(context, "GetApi", store.identifiers(api, request))

    def delete_api(self, context: Any, request: dict) -> dict:
        store.api(context, request)
        return self._run_and_publish(context, "DeleteApi", request)

    def reimport_api(self, context: Any, request: dict) -> dict:
        store.api(context, request)
        return self._run_and_publish(context, "ReimportApi", request)

    def delete_cors_configuration(self, context: Any, request: dict) -> dict:
        store.api(context, request)
        return self._run_and_publish(context, "DeleteCorsConfiguration", request)

    def get_apis(self, context: Any, request: dict) -> dict:
        return page(moto(context, "GetApis", request)["Items"], request)

    def _quick_create(self, context: Any, api_id: str, request: dict) -> None:
        """Gives an API that is created with a target a route to it, and a stage with automatic deployment."""
        target = request["Target"]
        properties = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
        if target.startswith("arn:"):
            properties = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"}
        shared = (self._publisher, self._issuers)
        integration = IntegrationOperations(*shared).create_integration(
            context, {"ApiId": api_id, "IntegrationUri": target, **properties}
        )
        route = {"RouteKey": request.get("RouteKey") or "$default"}
        route["Target"] = f"integrations/{integration['IntegrationId']}"
        RouteOperations(*shared).create_route(context, {"ApiId": api_id, **route})
        StageOperations(*shared).create_stage(context, {"ApiId": api_id, "StageName": "$default", "AutoDeploy": True})
