"""Operations on integration responses, which transform what an integration that is no proxy answers."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import websocket_validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class IntegrationResponseOperations(Operations):
    """Creates, updates, deletes and lists integration responses."""

    def create_integration_response(self, context: RequestContext, request: Request) -> Response:
        self._check_integration_response(context, request)
        return moto(context, "CreateIntegrationResponse", request)

    def update_integration_response(self, context: RequestContext, request: Request) -> Response:
        response = self.store.integration_response(context, request)
        self._check_integration_response(
            context, {"IntegrationResponseKey": response.integration_response_key, **request}, response
        )
        set_fields(response, request)
        return moto(context, "GetIntegrationResponse", identifiers(response, request))

    def delete_integration_response(self, context: RequestContext, request: Request) -> Response:
        self.store.integration_response(context, request)
        return moto(context, "DeleteIntegrationResponse", request)

    def get_integration_responses(self, context: RequestContext, request: Request) -> Response:
        integration = self.store.integration(context, request)
        shared = {"ApiId": request["ApiId"], "IntegrationId": integration.id}
        references = [{**shared, "IntegrationResponseId": identifier} for identifier in list(integration.responses)]
        return page([moto(context, "GetIntegrationResponse", reference) for reference in references], request)

    def _check_integration_response(self, context: RequestContext, request: Request, response: Any = None) -> None:
        api: Any = self.store.api(context, request)
        integration: Any = self.store.integration(context, request)
        if api.protocol_type != "WEBSOCKET":
            raise bad_request(f"Integration responses are not supported on protocolType {api.protocol_type}")
        if integration.integration_type.endswith("_PROXY"):
            raise bad_request("Integration responses are not supported for proxy integrations")
        key = request["IntegrationResponseKey"]
        websocket_validation.check_response_key(key)
        websocket_validation.check_selection(request, "TemplateSelectionExpression")
        others = [other for other in integration.responses.values() if other is not response]
        if any(other.integration_response_key == key for other in others):
            raise conflict(f"Integration response with key {key} already exists for this integration")
