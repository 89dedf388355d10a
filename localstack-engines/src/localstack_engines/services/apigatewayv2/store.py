"""Moto's records of API Gateway v2, and what they need to say the truth.

Moto's own updates ignore empty values and unknown ids end in KeyErrors, so the fields that a caller
names are set here, on the same objects that moto's Get and Delete operations use.
"""

import copy
import secrets
import string
from datetime import UTC, datetime
from typing import Any

from botocore import xform_name
from localstack.aws.api import CommonServiceException
from moto.apigatewayv2.models import (
    Api,
    ApiGatewayV2Backend,
    Authorizer,
    Integration,
    Route,
    Stage,
    VpcLink,
    apigatewayv2_backends,
)

# Moto's names for what snake case does not give.
_ATTRIBUTES = {
    "AuthorizerCredentialsArn": "auth_creds_arn",
    "AuthorizerPayloadFormatVersion": "auth_payload_format_version",
    "AuthorizerResultTtlInSeconds": "auth_result_ttl",
    "EnableSimpleResponses": "enable_simple_response",
    "IdentityValidationExpression": "identity_validation_expr",
    "JwtConfiguration": "jwt_config",
}
_PAGE = 100
_STRUCTURES = {"CorsConfiguration", "JwtConfiguration", "TlsConfig", "DefaultRouteSettings", "AccessLogSettings"}
_IDENTIFIERS = {
    Api: ("ApiId",),
    Route: ("ApiId", "RouteId"),
    Integration: ("ApiId", "IntegrationId"),
    Authorizer: ("ApiId", "AuthorizerId"),
    VpcLink: ("VpcLinkId",),
}


class NotFound(CommonServiceException):
    """404 in API Gateway's wording."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__("NotFoundException", f"Invalid {kind} identifier specified {identifier}", status_code=404)


class Conflict(CommonServiceException):
    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message, status_code=409)


class BadRequest(CommonServiceException):
    def __init__(self, message: str) -> None:
        super().__init__("BadRequestException", message, status_code=400)


def backend(context: Any) -> ApiGatewayV2Backend:
    return apigatewayv2_backends[context.account_id][context.region]


def all_apis() -> list[tuple[str, str, Api]]:
    """(account, region, API) of every account and region, in order of creation within each."""
    return [
        (account, region, api)
        for account, regions in list(apigatewayv2_backends.items())
        for region, store in list(regions.items())
        for api in list(store.apis.values())
    ]


def api(context: Any, request: dict) -> Api:
    found = backend(context).apis.get(request["ApiId"])
    if found is None:
        raise NotFound("API", request["ApiId"])
    return found


def route(context: Any, request: dict) -> Route:
    return _member(api(context, request).routes, "Route", request["RouteId"])


def integration(context: Any, request: dict) -> Integration:
    return _member(api(context, request).integrations, "Integration", request["IntegrationId"])


def authorizer(context: Any, request: dict) -> Authorizer:
    return _member(api(context, request).authorizers, "Authorizer", request["AuthorizerId"])


def stage(context: Any, request: dict) -> Stage:
    return _member(api(context, request).stages, "stage", request["StageName"])


def vpc_link(context: Any, request: dict) -> VpcLink:
    return _member(backend(context).vpc_links, "VpcLink", request["VpcLinkId"])


def deployments(owner: Api) -> dict[str, dict]:
    """An API's deployments by id; moto has none, so they are kept beside its record."""
    if not hasattr(owner, "deployments"):
        owner.deployments = {}
    return owner.deployments


def deploy(owner: Api, description: str | None = None) -> dict:
    """A deployment of what the API has now: later changes do not reach the stages that it is on."""
    identifier = new_id(6)
    deployments(owner)[identifier] = {
        "DeploymentId": identifier,
        "DeploymentStatus": "DEPLOYED",
        "CreatedDate": datetime.now(UTC),
        "AutoDeployed": False,
        **({"Description": description} if description else {}),
        "snapshot": {kind: copy.deepcopy(getattr(owner, kind)) for kind in ("routes", "integrations", "authorizers")},
    }
    return deployments(owner)[identifier]


def identifiers(record: Any, request: dict) -> dict:
    """What names the record that a request is about."""
    return {field: request[field] for field in _IDENTIFIERS[type(record)]}


def set_fields(record: Any, request: dict) -> None:
    """Sets the fields that the request names, empty ones too."""
    for field, value in request.items():
        if field in _IDENTIFIERS[type(record)]:
            continue
        attribute = _ATTRIBUTES.get(field, xform_name(field))
        if hasattr(record, attribute):
            setattr(record, attribute, wire(value) if field in _STRUCTURES else copy.deepcopy(value))


def wire(value: dict) -> dict:
    """A structure with its keys as they are in JSON, which is how moto keeps them."""
    return {key[0].lower() + key[1:]: item for key, item in value.items()}


def new_id(length: int = 8) -> str:
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def _member(members: dict, kind: str, identifier: str) -> Any:
    if identifier not in members:
        raise NotFound(kind, identifier)
    return members[identifier]


def page(items: list[dict], request: dict) -> dict:
    """One page: MaxResults items from NextToken on, which is a position here."""
    try:
        start, size = int(request.get("NextToken") or 0), int(request.get("MaxResults") or _PAGE)
    except ValueError:
        raise BadRequest("Invalid token or page size specified") from None
    page = {"Items": items[start : start + size]}
    return {**page, "NextToken": str(start + size)} if start + size < len(items) else page
