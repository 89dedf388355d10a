"""Operations on integrations."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import validation, websocket_validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import conflict, not_found
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class IntegrationOperations(Operations):
    """Creates, updates, deletes and lists integrations."""

    def create_integration(self, context: RequestContext, request: Request) -> Response:
        protocol = self.store.api(context, request).protocol_type
        request = _with_defaults(protocol, request)
        self._check_integration(context, protocol, request)
        created = moto(context, "CreateIntegration", request)
        # Moto records POST as the method of every integration.
        reference = {"ApiId": request["ApiId"], "IntegrationId": created["IntegrationId"]}
        set_fields(self.store.integration(context, reference), request)
        return moto(context, "GetIntegration", reference)

    def update_integration(self, context: RequestContext, request: Request) -> Response:
        integration = self.store.integration(context, request)
        merged = {**moto(context, "GetIntegration", identifiers(integration, request)), **request}
        merged["RequestParameters"] = _merged(integration.request_parameters, request.get("RequestParameters"))
        merged["ResponseParameters"] = _merged(integration.response_parameters, request.get("ResponseParameters"))
        self._check_integration(context, self.store.api(context, request).protocol_type, merged)
        set_fields(integration, {key: merged[key] for key in request})
        return moto(context, "GetIntegration", identifiers(integration, request))

    def delete_integration(self, context: RequestContext, request: Request) -> Response:
        self.store.integration(context, request)
        target = f"integrations/{request['IntegrationId']}"
        for route in self.store.api(context, request).routes.values():
            if route.target == target:
                raise conflict(
                    f"Cannot delete Integration '{request['IntegrationId']}' that is referenced by "
                    f"Route '{route.route_id}'"
                )
        return moto(context, "DeleteIntegration", request)

    def get_integrations(self, context: RequestContext, request: Request) -> Response:
        return page(moto(context, "GetIntegrations", request)["Items"], request)

    def _check_integration(self, context: RequestContext, protocol: str, integration: dict[str, Any]) -> None:
        websocket_validation.check_members("integration", protocol, integration)
        if protocol == "WEBSOCKET":
            websocket_validation.check_integration(integration)
            return
        validation.check_integration(integration)
        self._check_vpc_link(context, integration)

    def _check_vpc_link(self, context: RequestContext, integration: dict[str, Any]) -> None:
        link = integration.get("ConnectionId")
        if integration.get("ConnectionType") == "VPC_LINK" and not self.store.has_vpc_link(context, link):
            raise not_found("VpcLink", str(link))


def _with_defaults(protocol: str, request: Request) -> Request:
    defaults: dict[str, Any] = {"ConnectionType": "INTERNET", "TimeoutInMillis": 30000}
    if protocol == "WEBSOCKET":
        defaults |= {"TimeoutInMillis": 29000, "PassthroughBehavior": "WHEN_NO_MATCH"}
        defaults |= {"PayloadFormatVersion": "1.0"}
    if request.get("IntegrationType") == "AWS_PROXY":
        if not request.get("IntegrationSubtype"):
            defaults["IntegrationMethod"] = "POST"
    elif protocol == "HTTP":
        defaults["PayloadFormatVersion"] = "1.0"
    return {**defaults, **request}


def _merged(present: dict[str, Any] | None, changes: dict[str, Any] | None) -> dict[str, Any]:
    """Returns the parameters after an update. An empty value removes a parameter."""
    return {key: value for key, value in {**(present or {}), **(changes or {})}.items() if value not in ("", {})}
