"""Operations on authorizers."""

from localstack.aws.api import RequestContext

from localstack_engines.gateway.urls import http_url
from localstack_engines.services.apigatewayv2.api import validation, websocket_validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict
from localstack_engines.services.apigatewayv2.store import identifiers, set_fields
from localstack_engines.toolkit.dispatch import moto


class AuthorizerOperations(Operations):
    """Creates, updates, deletes and lists authorizers, and forgets what Lambda authorizers have decided."""

    def prepare(self, context: RequestContext, request: Request) -> None:
        """Fetches the issuer's keys before an authorizer is written that has it."""
        super().prepare(context, request)
        if context.operation.name in ("CreateAuthorizer", "UpdateAuthorizer"):
            self.check_issuer(request)

    def create_authorizer(self, context: RequestContext, request: Request) -> Response:
        self._check_authorizer(context, request)
        return moto(context, "CreateAuthorizer", request)

    def update_authorizer(self, context: RequestContext, request: Request) -> Response:
        authorizer = self.store.authorizer(context, request)
        merged = {**moto(context, "GetAuthorizer", identifiers(authorizer, request)), **request}
        self._check_authorizer(context, merged)
        set_fields(authorizer, request)
        return moto(context, "GetAuthorizer", identifiers(authorizer, request))

    def delete_authorizer(self, context: RequestContext, request: Request) -> Response:
        self.store.authorizer(context, request)
        for route in self.store.api(context, request).routes.values():
            if route.authorization_type != "NONE" and route.authorizer_id == request["AuthorizerId"]:
                raise conflict(f"Cannot delete Authorizer '{request['AuthorizerId']}', it is referenced by a route")
        return moto(context, "DeleteAuthorizer", request)

    def get_authorizers(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        references = [{"ApiId": api.api_id, "AuthorizerId": identifier} for identifier in list(api.authorizers)]
        return page([moto(context, "GetAuthorizer", reference) for reference in references], request)

    def reset_authorizers_cache(self, context: RequestContext, request: Request) -> Response:
        stage = self.store.stage(context, request)
        self.lambda_authorizers.forget(request["ApiId"], stage.name)
        return {}

    def _check_authorizer(self, context: RequestContext, authorizer: Request) -> None:
        protocol = self.store.api(context, authorizer).protocol_type
        websocket_validation.check_members("authorizer", protocol, authorizer)
        if protocol == "WEBSOCKET":
            websocket_validation.check_authorizer(authorizer)
            return
        validation.check_authorizer(authorizer)

    def check_issuer(self, authorizer: Request) -> None:
        """Fetches the issuer's keys. As on AWS, an authorizer cannot be created whose issuer does not answer."""
        issuer: str = (authorizer.get("JwtConfiguration") or {}).get("Issuer") or ""
        if http_url(issuer) is None:
            return  # the operation refuses it
        try:
            self.issuers.fetch(issuer)
        except Exception as error:
            raise bad_request(
                f"Caught exception when connecting to {issuer.rstrip('/')}/.well-known/openid-configuration "
                f"for issuer {issuer}. Please try again later. Error: {error}"
            ) from None
