"""API Gateway v2's records: moto's, and those that moto does not have.

Moto's updates ignore empty values, and moto raises KeyError for an unknown identifier. So this module looks up records
and sets the fields that a caller names, on the same objects that moto's Get and Delete operations use.
"""

import copy
import secrets
import string
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from botocore import xform_name
from localstack.aws.api import RequestContext
from moto.acm.models import AWS_ROOT_CA, acm_backends
from moto.apigatewayv2.models import (
    Api,
    ApiGatewayV2Backend,
    Authorizer,
    Integration,
    IntegrationResponse,
    Model,
    Route,
    RouteResponse,
    Stage,
    VpcLink,
    apigatewayv2_backends,
)
from moto.core.common_models import BaseModel

from localstack_engines.network import ec2
from localstack_engines.services.apigatewayv2.changes import Change
from localstack_engines.services.apigatewayv2.errors import not_found
from localstack_engines.services.apigatewayv2.models import AccessLogSettings, Deployment, DomainName

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
    IntegrationResponse: ("ApiId", "IntegrationId", "IntegrationResponseId"),
    RouteResponse: ("ApiId", "RouteId", "RouteResponseId"),
    Model: ("ApiId", "ModelId"),
    Authorizer: ("ApiId", "AuthorizerId"),
    VpcLink: ("VpcLinkId",),
}


class Store:
    """The records of all accounts and regions. A look-up by a request raises NotFoundException when it finds none.

    Who goes through records holds `lock`, because requests change them at the same time.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.domain_names: dict[str, DomainName] = {}
        """Those of all accounts and regions by their names, which are unique on AWS too."""

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

    def integration_response(self, context: RequestContext, request: dict[str, Any]) -> IntegrationResponse:
        responses = self.integration(context, request).responses
        return _member(responses, "IntegrationResponse", request["IntegrationResponseId"])

    def route_response(self, context: RequestContext, request: dict[str, Any]) -> RouteResponse:
        return _member(self.route(context, request).route_responses, "RouteResponse", request["RouteResponseId"])

    def model(self, context: RequestContext, request: dict[str, Any]) -> Model:
        return _member(self.api(context, request).models, "Model", request["ModelId"])

    def authorizer(self, context: RequestContext, request: dict[str, Any]) -> Authorizer:
        return _member(self.api(context, request).authorizers, "Authorizer", request["AuthorizerId"])

    def stage(self, context: RequestContext, request: dict[str, Any]) -> Stage:
        return _member(self.api(context, request).stages, "stage", request["StageName"])

    def deployment(self, context: RequestContext, request: dict[str, Any]) -> Deployment:
        return _member(deployments(self.api(context, request)), "Deployment", request["DeploymentId"])

    def vpc_link(self, context: RequestContext, request: dict[str, Any]) -> VpcLink:
        return _member(_backend(context).vpc_links, "VpcLink", request["VpcLinkId"])

    def domain_name(self, context: RequestContext, request: dict[str, Any]) -> DomainName:
        owned = {record.name: record for record in self.domain_names_of(context)}
        return _member(owned, "domain name", request["DomainName"].lower())

    def domain_names_of(self, context: RequestContext) -> list[DomainName]:
        """Returns the domain names of the request's account and region."""
        owner = (context.account_id, context.region)
        return [record for record in self.domain_names.values() if (record.account, record.region) == owner]

    def domain_names_with(self, api_id: str, stage: str | None = None) -> list[str]:
        """Returns the domain names that have a mapping to an API, or to one of its stages."""
        return [
            record.name
            for record in self.domain_names.values()
            if any(one.api_id == api_id and stage in (None, one.stage) for one in record.mappings)
        ]

    def certificate(self, arn: str) -> str | None:
        """Returns a certificate of ACM with its chain and private key (PEM), or None when ACM does not have it."""
        _, _, _, region, account, *_ = arn.split(":")
        try:
            found = acm_backends[account][region]._certificates.get(arn)
        except KeyError:
            # There is no such region.
            return None
        if found is None:
            return None
        # Moto adds a root certificate that is not valid PEM.
        chain = found.chain.removesuffix(AWS_ROOT_CA)
        return b"\n".join((found.cert, chain, found.key)).decode()

    def vpc_link_groups(self) -> Iterator[str]:
        """Yields the security groups of all VPC links. One that was created without is in its VPC's default group."""
        for account, regions in list(apigatewayv2_backends.items()):
            for region, backend in list(regions.items()):
                for link in list(backend.vpc_links.values()):
                    yield from link.sg_ids or ec2.default_group_of_subnets(account, region, link.subnet_ids)

    def has_vpc_link(self, context: RequestContext, identifier: str | None) -> bool:
        return identifier in _backend(context).vpc_links

    def set_tags(self, context: RequestContext, api: Api, tags: dict[str, str], former: Collection[str]) -> None:
        """Sets tags of an API, and removes those with the keys in `former` that are not among them."""
        records = _backend(context)
        records.untag_resource(api.arn, [key for key in former if key not in tags])
        records.tag_resource(api.arn, tags)

    def set_api_id(self, context: RequestContext, api: Api, wanted: str, tags: dict[str, str]) -> None:
        """Gives an API another identifier.

        The identifier is part of its ARN, and moto keeps its tags by the ARN.
        """
        records = _backend(context)
        records.apis[wanted] = records.apis.pop(api.api_id)
        records.tagger.delete_all_tags_for_resource(api.arn)
        api.api_id, api.arn = wanted, api.arn.replace(api.api_id, wanted)
        records.tag_resource(api.arn, tags)

    @contextmanager
    def changing(self, context: RequestContext, api_id: str | None) -> Iterator[Change]:
        """Lets one caller at a time change this API, domain names, and which APIs and VPC links there are.

        Yields what has changed, which is known afterwards. An exception undoes it.
        """
        backend = _backend(context)
        with self.lock:
            # Of other APIs only their being there can change.
            change = Change(
                self.domain_names, backend.apis, backend.vpc_links, *_members_of(backend.apis.get(api_id or ""))
            )
            try:
                yield change
            except BaseException:
                change.undo()
                raise
            finally:
                change.end()

    def undo(self, change: Change) -> None:
        """Undoes a change that has ended, and leaves all later ones."""
        with self.lock:
            change.undo()

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
            setattr(record, attribute, _kept(record, field, value))


def _kept(record: Any, field: str, value: Any) -> Any:
    """Returns a field's value as moto keeps it."""
    if isinstance(record, Route) and field == "RequestParameters":
        return {name: to_json_keys(constraints) for name, constraints in value.items()}
    return to_json_keys(value) if field in _STRUCTURES else copy.deepcopy(value)


def to_json_keys(value: dict[str, Any]) -> dict[str, Any]:
    """Returns a structure with its keys as in JSON ("maxAge"), which is how moto keeps structures."""
    return {key[0].lower() + key[1:]: item for key, item in value.items()}


def new_id(length: int = 8) -> str:
    """Returns a random identifier of lower-case letters and digits."""
    return "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(length))


def _members_of(record: Any) -> Iterator[dict[str, Any]]:
    """Yields all dictionaries of which a record consists: its members, and those of the records within it."""
    if record is None:
        return
    members = record if isinstance(record, dict) else vars(record)
    yield members
    for name, value in members.items():
        if isinstance(value, dict | BaseModel) and name != "backend":
            yield from _members_of(value)


def _member(members: dict[str, Any], kind: str, identifier: str) -> Any:
    if identifier not in members:
        raise not_found(kind, identifier)
    return members[identifier]


def _backend(context: RequestContext) -> ApiGatewayV2Backend:
    return apigatewayv2_backends[context.account_id][context.region]
