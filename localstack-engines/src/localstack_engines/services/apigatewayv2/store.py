"""API Gateway v2's records: moto's, and those that moto does not have.

Moto's updates ignore empty values, and moto raises KeyError for an unknown identifier. So this module looks up records
and sets the fields that a caller names, on the same objects that moto's Get and Delete operations use.
"""

import copy
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from localstack.aws.api import RequestContext
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

from localstack_engines.services.apigatewayv2.errors import not_found
from localstack_engines.services.apigatewayv2.models import AccessLogSettings, Deployment

# Moto's names of attributes that are not the field's name in snake case.
_ATTRIBUTES = {
    "AuthorizerCredentialsArn": "auth_creds_arn",
    "AuthorizerPayloadFormatVersion": "auth_payload_format_version",
    "AuthorizerResultTtlInSeconds": "auth_result_ttl",
    "EnableSimpleResponses": "enable_simple_response",
    "IdentityValidationExpression": "identity_validation_expr",
    "JwtConfiguration": "jwt_config",
}
_STRUCTURES = {"CorsConfiguration", "JwtConfiguration", "TlsConfig", "DefaultRouteSettings", "AccessLogSettings"}
_IDENTIFIERS = {
    Api: ("ApiId",),
    Route: ("ApiId", "RouteId"),
    Integration: ("ApiId", "IntegrationId"),
    Authorizer: ("ApiId", "AuthorizerId"),
    VpcLink: ("VpcLinkId",),
}


@dataclass(frozen=True)
class Saved:
    """The identifiers of all APIs of an account and region, and what one of them consisted of; see `Store.saved`."""

    identifiers: frozenset[str]
    record: Api | None
    members: dict[str, Any]


class Store:
    """The records of all accounts and regions. A look-up by a request raises NotFoundException when it finds none."""

    def apis(self, context: RequestContext) -> list[Api]:
        """Returns the APIs of the request's account and region."""
        return list(_backend(context).apis.values())

    def all_apis(self) -> list[tuple[str, str, Api]]:
        """Returns (account, region, API) for every account and region, in order of creation within each."""
        return [
            (account, region, api)
            for account, regions in list(apigatewayv2_backends.items())
            for region, store in list(regions.items())
            for api in list(store.apis.values())
        ]

    def api(self, context: RequestContext, request: dict[str, Any]) -> Api:
        """Returns the API that a request names, as the methods below do for other resources."""
        return _member(_backend(context).apis, "API", request["ApiId"])

    def route(self, context: RequestContext, request: dict[str, Any]) -> Route:
        return _member(self.api(context, request).routes, "Route", request["RouteId"])

    def integration(self, context: RequestContext, request: dict[str, Any]) -> Integration:
        return _member(self.api(context, request).integrations, "Integration", request["IntegrationId"])

    def authorizer(self, context: RequestContext, request: dict[str, Any]) -> Authorizer:
        return _member(self.api(context, request).authorizers, "Authorizer", request["AuthorizerId"])

    def stage(self, context: RequestContext, request: dict[str, Any]) -> Stage:
        return _member(self.api(context, request).stages, "stage", request["StageName"])

    def deployment(self, context: RequestContext, request: dict[str, Any]) -> Deployment:
        return _member(deployments(self.api(context, request)), "Deployment", request["DeploymentId"])

    def vpc_link(self, context: RequestContext, request: dict[str, Any]) -> VpcLink:
        return _member(_backend(context).vpc_links, "VpcLink", request["VpcLinkId"])

    def has_vpc_link(self, context: RequestContext, identifier: str | None) -> bool:
        return identifier in _backend(context).vpc_links

    def take_api(self, context: RequestContext, api_id: str) -> Api:
        """Takes an API that is not complete out of the records, so that it is not published. `put_api` puts it back."""
        return _backend(context).apis.pop(api_id)

    def put_api(self, context: RequestContext, api: Api) -> None:
        """Adds an API to the records."""
        _backend(context).apis[api.api_id] = api

    def move_contents(self, context: RequestContext, source: Api, target: Api) -> None:
        """Gives an API the routes, integrations and authorizers of another one, which is removed."""
        del _backend(context).apis[source.api_id]
        moved = {name: getattr(source, name) for name in ("routes", "integrations", "authorizers")}
        # In one step: another request may publish at any time.
        vars(target).update(moved)

    def set_tags(self, context: RequestContext, api: Api, tags: dict[str, str], former: Collection[str]) -> None:
        """Sets tags of an API, and removes those with the keys in `former` that are not among them."""
        records = _backend(context)
        records.untag_resource(api.arn, [key for key in former if key not in tags])
        records.tag_resource(api.arn, tags)

    def set_api_id(self, context: RequestContext, api: Api, wanted: str, tags: dict[str, str]) -> None:
        """Gives an API that was taken out another identifier.

        The identifier is part of its ARN, and moto keeps its tags by the ARN.
        """
        records = _backend(context)
        records.tagger.delete_all_tags_for_resource(api.arn)
        api.api_id, api.arn = wanted, api.arn.replace(api.api_id, wanted)
        records.tag_resource(api.arn, tags)

    def saved(self, context: RequestContext, api_id: str | None) -> Saved:
        """Returns what `restore` needs to undo a change of this API, or the creation of another one."""
        records = _backend(context).apis
        record = records.get(api_id or "")
        members = {name: _copy_of(name, value) for name, value in vars(record).items()} if record else {}
        return Saved(frozenset(records), record, members)

    def restore(self, context: RequestContext, saved: Saved) -> None:
        """Undoes the changes since then."""
        records = _backend(context).apis
        for new in records.keys() - saved.identifiers:
            del records[new]
        if saved.record is not None:
            vars(saved.record).update(saved.members)
            records[saved.record.api_id] = saved.record

    def access_log_settings(self) -> dict[tuple[str, str], AccessLogSettings]:
        """Returns the settings of all stages that have access logging, by API id and stage name."""
        return {
            (api.api_id, stage.name): AccessLogSettings(
                account=account,
                destination_arn=stage.access_log_settings["destinationArn"],
                format=stage.access_log_settings.get("format") or "",
            )
            for account, _, api in self.all_apis()
            for stage in list(api.stages.values())
            if stage.access_log_settings and stage.access_log_settings.get("destinationArn")
        }


def deployments(owner: Api) -> dict[str, Deployment]:
    """Returns an API's deployments by their ids. Moto has none, so they are an attribute of its record."""
    if not hasattr(owner, "deployments"):
        owner.deployments = {}
    return owner.deployments


def deployment_id(owner: Stage) -> str | None:
    """Returns the id of a stage's deployment, or None. Moto does not record it."""
    return getattr(owner, "deployment_id", None)


def identifiers(record: Any, request: dict[str, Any]) -> dict[str, Any]:
    """Returns the members of a request that name the record."""
    return {field: request[field] for field in _IDENTIFIERS[type(record)]}


def set_fields(record: Any, request: dict[str, Any]) -> None:
    """Sets the fields that the request names, including empty values."""
    for field, value in request.items():
        if field in _IDENTIFIERS[type(record)]:
            continue
        attribute = _ATTRIBUTES.get(field, xform_name(field))
        if hasattr(record, attribute):
            setattr(record, attribute, to_json_keys(value) if field in _STRUCTURES else copy.deepcopy(value))


def to_json_keys(value: dict[str, Any]) -> dict[str, Any]:
    """Returns a structure with its keys as in JSON ("maxAge"), which is how moto keeps structures."""
    return {key[0].lower() + key[1:]: item for key, item in value.items()}


def new_id(length: int = 8) -> str:
    """Returns a random identifier of lower-case letters and digits."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def _copy_of(name: str, value: Any) -> Any:
    """Returns a copy of a member of an API's record. Moto's backend is not the API's own; deployments do not change."""
    if name == "backend":
        return value
    return dict(value) if name == "deployments" else copy.deepcopy(value)


def _member(members: dict[str, Any], kind: str, identifier: str) -> Any:
    if identifier not in members:
        raise not_found(kind, identifier)
    return members[identifier]


def _backend(context: RequestContext) -> ApiGatewayV2Backend:
    return apigatewayv2_backends[context.account_id][context.region]
