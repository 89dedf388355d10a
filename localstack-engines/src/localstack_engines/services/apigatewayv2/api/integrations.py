"""Operations on integrations."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import Conflict, NotFound
from localstack_engines.toolkit.dispatch import moto


class IntegrationOperations(Operations):
    """CreateIntegration, UpdateIntegration and so on."""

    def create_integration(self, context: Any, request: dict) -> dict:
        store.api(context, request)
        request = _with_defaults(request)
        validation.check_integration(request)
        _check_vpc_link(context, request)
        created = moto(context, "CreateIntegration", request)
        # Moto records POST as the method of every integration.
        identifiers = {"ApiId": request["ApiId"], "IntegrationId": created["IntegrationId"]}
        store.set_fields(store.integration(context, identifiers), request)
        return self._run_and_publish(context, "GetIntegration", identifiers)

    def update_integration(self, context: Any, request: dict) -> dict:
        integration = store.integration(context, request)
        merged = {**moto(context, "GetIntegration", store.identifiers(integration, request)), **request}
        merged["RequestParameters"] = _merged(integration.request_parameters, request.get("RequestParameters"))
        merged["ResponseParameters"] = _merged(integration.response_parameters, request.get("ResponseParameters"))
        validation.check_integration(merged)
        _check_vpc_link(context, merged)
        store.set_fields(integration, {key: merged[key] for key in request})
        return self._run_and_publish(context, "GetIntegration", store.identifiers(integration, request))

    def delete_integration(self, context: Any, request: dict) -> dict:
        store.integration(context, request)
        target = f"integrations/{request['IntegrationId']}"
        for route in store.api(context, request).routes.values():
            if route.target == target:
                raise Conflict(
                    f"Cannot delete Integration '{request['IntegrationId']}' that is referenced by "
                    f"Route '{route.route_id}'"
                )
        return self._run_and_publish(context, "DeleteIntegration", request)

    def get_integrations(self, context: Any, request: dict) -> dict:
        return page(moto(context, "GetIntegrations", request)["Items"], request)


def _with_defaults(request: dict) -> dict:
    defaults: dict[str, Any] = {"ConnectionType": "INTERNET", "TimeoutInMillis": 30000}
    if request.get("IntegrationType") == "AWS_PROXY":
        defaults["IntegrationMethod"] = "POST"
    else:
        defaults["PayloadFormatVersion"] = "1.0"
    return {**defaults, **request}


def _merged(present: dict | None, changes: dict | None) -> dict:
    """Returns parameters after an update: an empty value removes one."""
    return {key: value for key, value in {**(present or {}), **(changes or {})}.items() if value not in ("", {})}


def _check_vpc_link(context: Any, integration: dict) -> None:
    link = integration.get("ConnectionId")
    if integration.get("ConnectionType") == "VPC_LINK" and link not in store.backend(context).vpc_links:
        raise NotFound("VpcLink", str(link))
