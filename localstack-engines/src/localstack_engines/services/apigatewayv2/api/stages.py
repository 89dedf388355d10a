"""The operations on stages and deployments, the part of the provider that moto hardly has."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store as records
from localstack_engines.services.apigatewayv2.api import validation
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.control.publisher import Publisher
from localstack_engines.services.apigatewayv2.store import BadRequest, Conflict, NotFound, page
from localstack_engines.toolkit.dispatch import moto


class StageOperations:
    _publisher: Publisher

    def create_stage(self, context: Any, request: dict) -> dict:
        validation.check_stage_name(request["StageName"])
        api = records.api(context, request)
        if request["StageName"] in api.stages:
            raise Conflict("Stage already exists")
        stages.check_deployment(api, request)
        moto(context, "CreateStage", {"ApiId": api.api_id, "StageName": request["StageName"]})
        stage = api.stages[request["StageName"]]
        stages.set_fields(api, stage, request)
        self._publisher.changed()
        return stages.view(stage)

    def update_stage(self, context: Any, request: dict) -> dict:
        api, stage = records.api(context, request), records.stage(context, request)
        stages.check_deployment(api, request)
        stages.set_fields(api, stage, request)
        self._publisher.changed()
        return stages.view(stage)

    def get_stage(self, context: Any, request: dict) -> dict:
        return stages.view(records.stage(context, request))

    def get_stages(self, context: Any, request: dict) -> dict:
        return page([stages.view(stage) for stage in records.api(context, request).stages.values()], request)

    def delete_stage(self, context: Any, request: dict) -> dict:
        records.stage(context, request)
        response = moto(context, "DeleteStage", request)
        self._publisher.changed()
        return response

    def delete_route_settings(self, context: Any, request: dict) -> dict:
        settings_of_routes = records.stage(context, request).route_settings
        if settings_of_routes.pop(request["RouteKey"], None) is None:
            raise NotFound("route settings", request["RouteKey"])
        self._publisher.changed()
        return {}

    def delete_access_log_settings(self, context: Any, request: dict) -> dict:
        records.stage(context, request).access_log_settings = None
        self._publisher.changed()
        return {}

    def create_deployment(self, context: Any, request: dict) -> dict:
        api = records.api(context, request)
        stage = records.stage(context, request) if request.get("StageName") else None
        if not api.routes:
            raise BadRequest("At least one route is required before deploying the Api.")
        deployment = records.deploy(api, request.get("Description"))
        if stage is not None:
            stages.set_deployment(stage, deployment["DeploymentId"])
            self._publisher.changed()
        return stages.deployment_view(deployment)

    def get_deployment(self, context: Any, request: dict) -> dict:
        return stages.deployment_view(stages.deployment(records.api(context, request), request["DeploymentId"]))

    def get_deployments(self, context: Any, request: dict) -> dict:
        found = records.deployments(records.api(context, request)).values()
        return page([stages.deployment_view(deployment) for deployment in found], request)

    def update_deployment(self, context: Any, request: dict) -> dict:
        deployment = stages.deployment(records.api(context, request), request["DeploymentId"])
        deployment["Description"] = request.get("Description", deployment.get("Description"))
        return stages.deployment_view(deployment)

    def delete_deployment(self, context: Any, request: dict) -> dict:
        api = records.api(context, request)
        stages.deployment(api, request["DeploymentId"])
        if any(stages.deployment_id(stage) == request["DeploymentId"] for stage in api.stages.values()):
            raise BadRequest("Active stages pointing to this deployment must be moved or deleted")
        del records.deployments(api)[request["DeploymentId"]]
        return {}
