"""Operations on stages. Moto records few of their properties, so stages are set and described here."""

import copy
from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.errors import BadRequest, Conflict, NotFound
from localstack_engines.toolkit.dispatch import moto


class StageOperations(Operations):
    """CreateStage, UpdateStage and so on."""

    def create_stage(self, context: Any, request: dict) -> dict:
        validation.check_stage_name(request["StageName"])
        api = store.api(context, request)
        if request["StageName"] in api.stages:
            raise Conflict("Stage already exists")
        _check_deployment(context, request)
        moto(context, "CreateStage", {"ApiId": api.api_id, "StageName": request["StageName"]})
        return self._set_and_publish(api.stages[request["StageName"]], request)

    def update_stage(self, context: Any, request: dict) -> dict:
        stage = store.stage(context, request)
        _check_deployment(context, request)
        return self._set_and_publish(stage, request)

    def get_stage(self, context: Any, request: dict) -> dict:
        return _description(store.stage(context, request))

    def get_stages(self, context: Any, request: dict) -> dict:
        return page([_description(stage) for stage in store.api(context, request).stages.values()], request)

    def delete_stage(self, context: Any, request: dict) -> dict:
        store.stage(context, request)
        return self._run_and_publish(context, "DeleteStage", request)

    def delete_route_settings(self, context: Any, request: dict) -> dict:
        route_settings = store.stage(context, request).route_settings
        if route_settings.pop(request["RouteKey"], None) is None:
            raise NotFound("route settings", request["RouteKey"])
        self._publisher.publish()
        return {}

    def delete_access_log_settings(self, context: Any, request: dict) -> dict:
        store.stage(context, request).access_log_settings = None
        self._publisher.publish()
        return {}

    def _set_and_publish(self, stage: Any, request: dict) -> dict:
        stages.set_fields(stage, request)
        self._publisher.publish()
        return _description(stage)


def _check_deployment(context: Any, request: dict) -> None:
    """Checks that the deployment exists, if one is named, and that the stage does not deploy itself as well."""
    if not request.get("DeploymentId"):
        return
    if request.get("AutoDeploy"):
        raise BadRequest("Invalid stage configuration: a deployment cannot be set on a stage with AutoDeploy")
    store.deployment(context, request)


def _description(stage: Any) -> dict:
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
    if identifier := store.deployment_id(stage):
        result["DeploymentId"] = identifier
        if stage.auto_deploy:
            result["LastDeploymentStatusMessage"] = f"Successfully deployed stage with deployment ID '{identifier}'"
    return result


def _structure(value: dict) -> dict:
    """Returns one of moto's structures with the API's spelling of its keys."""
    return {key[0].upper() + key[1:]: item for key, item in value.items()}
