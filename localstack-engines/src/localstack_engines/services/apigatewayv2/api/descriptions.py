"""Descriptions of stages and deployments, in the API's spelling. Moto describes the other resources."""

import copy
from typing import Any

from localstack_engines.services.apigatewayv2.models import Deployment
from localstack_engines.services.apigatewayv2.store import deployment_id

Description = dict[str, Any]


def deployment(record: Deployment) -> Description:
    description = {} if record.description is None else {"Description": record.description}
    return {
        "DeploymentId": record.id,
        "DeploymentStatus": "DEPLOYED",
        "CreatedDate": record.created,
        "AutoDeployed": False,
        **description,
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
