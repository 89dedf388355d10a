"""Stages and deployments: what a stage serves, and since when."""

import copy
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.apigatewayv2 import store as records
from localstack_engines.services.apigatewayv2.store import BadRequest, NotFound, wire


def set_fields(api: Any, stage: Any, request: dict) -> None:
    """Applies a Create- or UpdateStage request to moto's record."""
    if "AutoDeploy" in request:
        stage.auto_deploy = request["AutoDeploy"]
    if "StageVariables" in request:
        present = {**stage.stage_variables, **(request["StageVariables"] or {})}
        # An empty value removes a variable.
        stage.stage_variables = {key: value for key, value in present.items() if value}
    if "RouteSettings" in request:
        changes = {key: wire(value) for key, value in (request["RouteSettings"] or {}).items()}
        stage.route_settings = {**stage.route_settings, **changes}
    if "DefaultRouteSettings" in request:
        stage.default_route_settings = {"detailedMetricsEnabled": False, **wire(request["DefaultRouteSettings"] or {})}
    if "AccessLogSettings" in request:
        stage.access_log_settings = wire(request["AccessLogSettings"] or {}) or None
    if "Description" in request:
        stage.description = request["Description"]
    if "Tags" in request:
        stage.tags = dict(request["Tags"] or {})
    if request.get("DeploymentId"):
        set_deployment(stage, request["DeploymentId"])
    elif stage.auto_deploy and not deployment_id(stage):
        set_deployment(stage, records.new_id(6))
    stage.updated = datetime.now(UTC)


def check_deployment(api: Any, request: dict) -> None:
    """A stage can only point at a deployment that there is, and at none while it deploys itself."""
    if not request.get("DeploymentId"):
        return
    if request.get("AutoDeploy"):
        raise BadRequest("Invalid stage configuration: a deployment cannot be set on a stage with AutoDeploy")
    deployment(api, request["DeploymentId"])


def deployment(api: Any, identifier: str) -> dict:
    found = records.deployments(api).get(identifier)
    if found is None:
        raise NotFound("Deployment", identifier)
    return found


def deployment_id(stage: Any) -> str | None:
    return getattr(stage, "deployment_id", None)


def set_deployment(stage: Any, identifier: str) -> None:
    stage.deployment_id = identifier
    stage.updated = datetime.now(UTC)


def served(api: Any, stage: Any) -> dict[str, dict] | None:
    """Routes, integrations and authorizers that the stage serves; None when nothing is deployed to it."""
    if stage.auto_deploy:
        return {"routes": api.routes, "integrations": api.integrations, "authorizers": api.authorizers}
    found = records.deployments(api).get(deployment_id(stage) or "")
    return found["snapshot"] if found else None


def view(stage: Any) -> dict:
    """A stage as GetStage answers it."""
    result = {
        "StageName": stage.name,
        "AutoDeploy": bool(stage.auto_deploy),
        "CreatedDate": stage.created,
        "LastUpdatedDate": stage.updated,
        "DefaultRouteSettings": _structure(stage.default_route_settings),
        "RouteSettings": {key: _structure(value) for key, value in stage.route_settings.items()},
        "StageVariables": copy.deepcopy(stage.stage_variables),
        "Tags": dict(stage.tags),
    }
    if stage.access_log_settings:
        result["AccessLogSettings"] = _structure(stage.access_log_settings)
    if stage.description:
        result["Description"] = stage.description
    if identifier := deployment_id(stage):
        result["DeploymentId"] = identifier
        if stage.auto_deploy:
            result["LastDeploymentStatusMessage"] = f"Successfully deployed stage with deployment ID '{identifier}'"
    return result


def deployment_view(deployment: dict) -> dict:
    return {key: value for key, value in deployment.items() if key != "snapshot"}


def _structure(value: dict) -> dict:
    return {key[0].upper() + key[1:]: item for key, item in value.items()}
