"""Descriptions of stages, deployments, domain names and mappings, as the API spells them. Moto describes all else."""

import copy
from typing import Any

from localstack_engines.services.apigatewayv2.models import ApiMapping, Deployment, DomainName
from localstack_engines.services.apigatewayv2.store import deployment_id

Description = dict[str, Any]

_HOSTED_ZONE_ID = "Z1UJRXOUMOOFQ8"
"""The hosted zone of regional endpoints in us-east-1: https://docs.aws.amazon.com/general/latest/gr/apigateway.html"""


def deployment(record: Deployment) -> Description:
    description = {} if record.description is None else {"Description": record.description}
    return {
        "DeploymentId": record.id,
        "DeploymentStatus": "DEPLOYED",
        "CreatedDate": record.created,
        "AutoDeployed": False,
        **description,
    }


def api_mapping(record: ApiMapping) -> Description:
    return {
        "ApiId": record.api_id,
        "ApiMappingId": record.id,
        "ApiMappingKey": record.key,
        "Stage": record.stage,
    }


def domain_name(record: DomainName) -> Description:
    given = {
        "EndpointType": "REGIONAL",
        "SecurityPolicy": "TLS_1_2",
        "DomainNameStatus": "AVAILABLE",
        "ApiGatewayDomainName": record.target,
        "HostedZoneId": _HOSTED_ZONE_ID,
    }
    return {
        "ApiMappingSelectionExpression": "$request.basepath",
        "DomainName": record.name,
        "DomainNameArn": f"arn:aws:apigateway:{record.region}::/domainnames/{record.name}",
        "DomainNameConfigurations": [{**configuration, **given} for configuration in record.configurations],
        "RoutingMode": "API_MAPPING_ONLY",
        "Tags": dict(record.tags),
    }


def stage(record: Any) -> Description:
    described = {
        "StageName": record.name,
        "AutoDeploy": bool(record.auto_deploy),
        "CreatedDate": record.created,
        "LastUpdatedDate": record.updated,
        "DefaultRouteSettings": _structure(record.default_route_settings),
        "RouteSettings": {key: _structure(value) for key, value in record.route_settings.items()},
        "StageVariables": copy.deepcopy(record.stage_variables),
        "Tags": dict(record.tags),
    }
    if record.access_log_settings:
        described["AccessLogSettings"] = _structure(record.access_log_settings)
    if record.description:
        described["Description"] = record.description
    if identifier := deployment_id(record):
        described["DeploymentId"] = identifier
        if record.auto_deploy:
            described["LastDeploymentStatusMessage"] = f"Successfully deployed stage with deployment ID '{identifier}'"
    return described


def _structure(value: dict[str, Any]) -> Description:
    """Returns one of moto's structures with the API's spelling of its keys."""
    return {key[0].upper() + key[1:]: item for key, item in value.items()}
