"""Stages and deployments: the resources that a stage serves, and the changes of a stage."""

import copy
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.apigatewayv2.models import Deployment, Resources
from localstack_engines.services.apigatewayv2.store import deployment_id, deployments, new_id, to_json_keys


def change(stage: Any, request: dict[str, Any]) -> None:
    """Applies the request of CreateStage or UpdateStage to moto's record."""
    if "AutoDeploy" in request:
        stage.auto_deploy = request["AutoDeploy"]
    if "StageVariables" in request:
        present = {**stage.stage_variables, **(request["StageVariables"] or {})}
        # An empty value removes a variable.
        stage.stage_variables = {key: value for key, value in present.items() if value}
    if "RouteSettings" in request:
        changes = {key: to_json_keys(value) for key, value in (request["RouteSettings"] or {}).items()}
        stage.route_settings = {**stage.route_settings, **changes}
    if "DefaultRouteSettings" in request:
        changes = to_json_keys(request["DefaultRouteSettings"] or {})
        stage.default_route_settings = {"detailedMetricsEnabled": False, **changes}
    if "AccessLogSettings" in request:
        stage.access_log_settings = to_json_keys(request["AccessLogSettings"] or {}) or None
    if "Description" in request:
        stage.description = request["Description"]
    if "Tags" in request:
        stage.tags = dict(request["Tags"] or {})
    if request.get("DeploymentId"):
        set_deployment(stage, request["DeploymentId"])
    elif stage.auto_deploy and not deployment_id(stage):
        set_deployment(stage, new_id(6))
    stage.updated = datetime.now(UTC)


def deploy(api: Any, description: str | None = None) -> Deployment:
    """Returns a new deployment: a copy of the API's resources. Stages on it do not see later changes of the API."""
    resources = copy.deepcopy(resources_of(api))
    deployment = Deployment(new_id(6), resources, description)
    deployments(api)[deployment.id] = deployment
    return deployment


def set_deployment(stage: Any, identifier: str) -> None:
    """Puts a stage on a deployment."""
    stage.deployment_id = identifier
    stage.updated = datetime.now(UTC)


def served(api: Any, stage: Any) -> Resources | None:
    """Returns what the stage serves; None when nothing is deployed to it."""
    if stage.auto_deploy:
        return resources_of(api)
    deployment = deployments(api).get(deployment_id(stage) or "")
    return deployment.resources if deployment else None


def resources_of(api: Any) -> Resources:
    """Returns what the API has now."""
    return Resources(api.routes, api.integrations, api.authorizers, api.models)
