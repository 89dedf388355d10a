"""The control plane of HTTP APIs: operations become records, and every change is published to the front door."""

from typing import Any

from localstack.services.plugins import Service

from localstack_engines.services.apigatewayv2 import store as records
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.api.stages import StageOperations
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.store import BadRequest, Conflict, NotFound, page
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.dispatch import make_service, moto


def service() -> Service:
    return make_service("apigatewayv2", ApiGatewayV2Provider(Publisher()))


class ApiGatewayV2Provider(StageOperations):
    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def on_before_start(self) -> None:
        self._publisher.start()

    def on_before_stop(self) -> None:
        self._publisher.stop()

    # APIs

    def create_api(self, context: Any, request: dict) -> dict:
        validation.check_api(request)
        store = records.backend(context)
        wanted = (request.get("Tags") or {}).get("_custom_id_")
        if wanted and any(api.api_id == wanted for _, _, api in records.all_apis()):
            raise Conflict(f"The API identifier {wanted} is taken")
        created = moto(context, "CreateApi", request)
        api = store.apis.pop(created["ApiId"])
        if wanted:
            store.tagger.delete_all_tags_for_resource(api.arn)
            api.api_id, api.arn = wanted, api.arn.replace(api.api_id, wanted)
            store.tag_resource(api.arn, request["Tags"])
        api.api_endpoint = f"http://{domain(api.api_id)}"
        store.apis[api.api_id] = api
        self._quick_create(context, api.api_id, request)
        return self._published(context, "GetApi", {"ApiId": api.api_id})

    def update_api(self, context: Any, request: dict) -> dict:
        validation.check_cors(request.get("CorsConfiguration") or {})
        api = records.api(context, request)
        records.set_fields(api, {k: v for k, v in request.items() if k not in ("Target", "RouteKey", "CredentialsArn")})
        return self._published(context, "GetApi", records.identifiers(api, request))

    def delete_api(self, context: Any, request: dict) -> dict:
        records.api(context, request)
        return self._published(context, "DeleteApi", request)

    def reimport_api(self, context: Any, request: dict) -> dict:
        records.api(context, request)
        return self._published(context, "ReimportApi", request)

    def delete_cors_configuration(self, context: Any, request: dict) -> dict:
        records.api(context, request)
        return self._published(context, "DeleteCorsConfiguration", request)

    def get_apis(self, context: Any, request: dict) -> dict:
        return page(moto(context, "GetApis", request)["Items"], request)

    # Routes

    def create_route(self, context: Any, request: dict) -> dict:
        api = records.api(context, request)
        self._check_route(context, api, request)
        if any(route.route_key == request["RouteKey"] for route in api.routes.values()):
            raise Conflict(f"Route with key {request['RouteKey']} already exists for this API")
        return self._published(context, "CreateRoute", request)

    def update_route(self, context: Any, request: dict) -> dict:
        api, route = records.api(context, request), records.route(context, request)
        merged = {"RouteKey": route.route_key, "AuthorizationType": route.authorization_type, **request}
        merged.setdefault("AuthorizerId", route.authorizer_id)
        self._check_route(context, api, merged)
        if any(o.route_key == merged["RouteKey"] and o is not route for o in api.routes.values()):
            raise Conflict(f"Route with key {merged['RouteKey']} already exists for this API")
        records.set_fields(route, request)
        return self._published(context, "GetRoute", records.identifiers(route, request))

    def delete_route(self, context: Any, request: dict) -> dict:
        records.route(context, request)
        return self._published(context, "DeleteRoute", request)

    def get_routes(self, context: Any, request: dict) -> dict:
        return page(moto(context, "GetRoutes", request)["Items"], request)

    # Integrations

    def create_integration(self, context: Any, request: dict) -> dict:
        records.api(context, request)
        request = _with_integration_defaults(request)
        validation.check_integration(request)
        self._check_vpc_link(context, request)
        created = moto(context, "CreateIntegration", request)
        # Moto calls every integration's method POST.
        identifiers = {"ApiId": request["ApiId"], "IntegrationId": created["IntegrationId"]}
        records.set_fields(records.integration(context, identifiers), request)
        return self._published(context, "GetIntegration", identifiers)

    def update_integration(self, context: Any, request: dict) -> dict:
        integration = records.integration(context, request)
        merged = {**moto(context, "GetIntegration", records.identifiers(integration, request)), **request}
        merged["RequestParameters"] = _merged(integration.request_parameters, request.get("RequestParameters"))
        merged["ResponseParameters"] = _merged(integration.response_parameters, request.get("ResponseParameters"))
        validation.check_integration(merged)
        self._check_vpc_link(context, merged)
        changed = {key: merged[key] for key in request}
        records.set_fields(integration, changed)
        return self._published(context, "GetIntegration", records.identifiers(integration, request))

    def delete_integration(self, context: Any, request: dict) -> dict:
        records.integration(context, request)
        target = f"integrations/{request['IntegrationId']}"
        for route in records.api(context, request).routes.values():
            if route.target == target:
                raise Conflict(
                    f"Cannot delete Integration '{request['IntegrationId']}' that is referenced by "
                    f"Route '{route.route_id}'"
                )
        return self._published(context, "DeleteIntegration", request)

    def get_integrations(self, context: Any, request: dict) -> dict:
        return page(moto(context, "GetIntegrations", request)["Items"], request)

    # Authorizers

    def create_authorizer(self, context: Any, request: dict) -> dict:
        records.api(context, request)
        validation.check_authorizer(request)
        self._check_issuer(request)
        return self._published(context, "CreateAuthorizer", request)

    def update_authorizer(self, context: Any, request: dict) -> dict:
        authorizer = records.authorizer(context, request)
        merged = {**moto(context, "GetAuthorizer", records.identifiers(authorizer, request)), **request}
        validation.check_authorizer(merged)
        self._check_issuer(merged)
        records.set_fields(authorizer, request)
        return self._published(context, "GetAuthorizer", records.identifiers(authorizer, request))

    def delete_authorizer(self, context: Any, request: dict) -> dict:
        records.authorizer(context, request)
        for route in records.api(context, request).routes.values():
            if route.authorization_type != "NONE" and route.authorizer_id == request["AuthorizerId"]:
                raise Conflict(f"Cannot delete Authorizer '{request['AuthorizerId']}', it is referenced by a route")
        return self._published(context, "DeleteAuthorizer", request)

    def get_authorizers(self, context: Any, request: dict) -> dict:
        api = records.api(context, request)
        one = ({"ApiId": api.api_id, "AuthorizerId": identifier} for identifier in list(api.authorizers))
        return page([moto(context, "GetAuthorizer", identifiers) for identifiers in one], request)

    # VPC links

    def create_vpc_link(self, context: Any, request: dict) -> dict:
        if not request.get("SubnetIds"):
            raise BadRequest("At least one subnet is required for a VPC link")
        return moto(context, "CreateVpcLink", {"SecurityGroupIds": [], **request, "Tags": request.get("Tags") or {}})

    def update_vpc_link(self, context: Any, request: dict) -> dict:
        link = records.vpc_link(context, request)
        records.set_fields(link, request)
        return moto(context, "GetVpcLink", records.identifiers(link, request))

    def delete_vpc_link(self, context: Any, request: dict) -> dict:
        records.vpc_link(context, request)
        for api in records.backend(context).apis.values():
            if any(i.connection_id == request["VpcLinkId"] for i in api.integrations.values()):
                raise BadRequest(f"Cannot delete vpc link. Vpc link '{request['VpcLinkId']}', is referenced by an API")
        return moto(context, "DeleteVpcLink", request)

    # What moto would record and nothing would serve

    def create_domain_name(self, context: Any, request: dict) -> dict:
        raise BadRequest("Custom domain names are not supported by the local API Gateway")

    def create_api_mapping(self, context: Any, request: dict) -> dict:
        raise BadRequest("Custom domain names are not supported by the local API Gateway")

    def _published(self, context: Any, operation: str, request: dict) -> dict:
        """Runs moto's operation, then brings what it changed to the front door."""
        response = moto(context, operation, request)
        self._publisher.changed()
        return response

    def _quick_create(self, context: Any, api_id: str, request: dict) -> None:
        """An API made with a target has a route to it and a stage that deploys itself."""
        if not request.get("Target"):
            return
        target = request["Target"]
        kind = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "ANY", "PayloadFormatVersion": "1.0"}
        if target.startswith("arn:"):
            kind = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0"}
        integration = self.create_integration(context, {"ApiId": api_id, "IntegrationUri": target, **kind})
        key = request.get("RouteKey") or "$default"
        target = f"integrations/{integration['IntegrationId']}"
        self.create_route(context, {"ApiId": api_id, "RouteKey": key, "Target": target})
        self.create_stage(context, {"ApiId": api_id, "StageName": "$default", "AutoDeploy": True})

    def _check_route(self, context: Any, api: Any, request: dict) -> None:
        validation.check_route_key(request["RouteKey"])
        target = request.get("Target")
        if target and target.removeprefix("integrations/") not in api.integrations:
            raise NotFound("Integration", target.removeprefix("integrations/"))
        kind = request.get("AuthorizationType") or "NONE"
        if kind == "AWS_IAM":
            raise BadRequest("Authorization type AWS_IAM is not supported by the local API Gateway")
        if kind in ("JWT", "CUSTOM"):
            authorizer = api.authorizers.get(request.get("AuthorizerId"))
            expected = "JWT" if kind == "JWT" else "REQUEST"
            if authorizer is None or authorizer.authorizer_type != expected:
                raise BadRequest(
                    "Invalid authorizer ID specified. Setting the authorization type to JWT or CUSTOM requires a "
                    "valid authorizer."
                )
        if request.get("AuthorizationScopes") and kind != "JWT":
            raise BadRequest("Authorization scopes are only supported for the JWT authorization type")

    def _check_vpc_link(self, context: Any, integration: dict) -> None:
        link = integration.get("ConnectionId")
        if integration.get("ConnectionType") == "VPC_LINK" and link not in records.backend(context).vpc_links:
            raise NotFound("VpcLink", str(link))

    def _check_issuer(self, authorizer: dict) -> None:
        """An issuer must answer when its authorizer is made, as on AWS: a typing error shows at once."""
        if authorizer["AuthorizerType"] != "JWT":
            return
        issuer = authorizer["JwtConfiguration"]["Issuer"]
        try:
            self._publisher.issuers.fetch(issuer)
        except Exception as error:
            raise BadRequest(
                f"Caught exception when connecting to {issuer.rstrip('/')}/.well-known/openid-configuration "
                f"for issuer {issuer}. Please try again later. Error: {error}"
            ) from None


def domain(api_id: str) -> str:
    """Host and port of an API's endpoint."""
    return f"{api_id}.execute-api.{settings.endpoint_host()}:{settings.edge_port()}"


def _with_integration_defaults(request: dict) -> dict:
    defaults: dict[str, Any] = {"ConnectionType": "INTERNET", "TimeoutInMillis": 30000}
    if request.get("IntegrationType") == "AWS_PROXY":
        defaults["IntegrationMethod"] = "POST"
    else:
        defaults["PayloadFormatVersion"] = "1.0"
    return {**defaults, **request}


def _merged(present: dict | None, changes: dict | None) -> dict:
    """Parameters after an update: an empty value takes one away."""
    return {key: value for key, value in {**(present or {}), **(changes or {})}.items() if value not in ("", {})}
