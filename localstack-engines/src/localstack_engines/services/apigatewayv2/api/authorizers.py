"""Operations on authorizers."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import BadRequest, Conflict
from localstack_engines.toolkit.dispatch import moto


class AuthorizerOperations(Operations):
    """CreateAuthorizer, UpdateAuthorizer and so on."""

    def create_authorizer(self, context: Any, request: dict) -> dict:
        store.api(context, request)
        validation.check_authorizer(request)
        self._check_issuer(request)
        return self._run_and_publish(context, "CreateAuthorizer", request)

    def update_authorizer(self, context: Any, request: dict) -> dict:
        authorizer = store.authorizer(context, request)
        merged = {**moto(context, "GetAuthorizer", store.identifiers(authorizer, request)), **request}
        validation.check_authorizer(merged)
        self._check_issuer(merged)
        store.set_fields(authorizer, request)
        return self._run_and_publish(context, "GetAuthorizer", store.identifiers(authorizer, request))

    def delete_authorizer(self, context: Any, request: dict) -> dict:
        store.authorizer(context, request)
        for route in store.api(context, request).routes.values():
            if route.authorization_type != "NONE" and route.authorizer_id == request["AuthorizerId"]:
                raise Conflict(f"Cannot delete Authorizer '{request['AuthorizerId']}', it is referenced by a route")
        return self._run_and_publish(context, "DeleteAuthorizer", request)

    def get_authorizers(self, context: Any, request: dict) -> dict:
        api = store.api(context, request)
        one = ({"ApiId": api.api_id, "AuthorizerId": identifier} for identifier in list(api.authorizers))
        return page([moto(context, "GetAuthorizer", identifiers) for identifiers in one], request)

    def _check_issuer(self, authorizer: dict) -> None:
        """Fetches the issuer's keys. As on AWS, an authorizer cannot be created whose issuer does not answer."""
        if authorizer["AuthorizerType"] != "JWT":
            return
        issuer = authorizer["JwtConfiguration"]["Issuer"]
        try:
            self._issuers.fetch(issuer)
        except Exception as error:
            raise BadRequest(
                f"Caught exception when connecting to {issuer.rstrip('/')}/.well-known/openid-configuration "
                f"for issuer {issuer}. Please try again later. Error: {error}"
            ) from None
