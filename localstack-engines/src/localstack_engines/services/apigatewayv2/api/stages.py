"""Operations on stages. Moto records few of their properties, so the plugin sets and describes stages itself."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import descriptions, validation
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.errors import bad_request, conflict, has_mappings, not_found
from localstack_engines.toolkit.dispatch import moto


class StageOperations(Operations):
    """Creates, updates, describes, lists and deletes stages."""

    def create_stage(self, context: RequestContext, request: Request) -> Response:
        validation.check_stage_name(request["StageName"])
        api = self.store.api(context, request)
        if request["StageName"] in api.stages:
            raise conflict("Stage already exists")
        self._check(context, request)
        moto(context, "CreateStage", {"ApiId": api.api_id, "StageName": request["StageName"]})
        return _change(api.stages[request["StageName"]], request)

    def update_stage(self, context: RequestContext, request: Request) -> Response:
        stage = self.store.stage(context, request)
        self._check(context, request)
        return _change(stage, request)

    def get_stage(self, context: RequestContext, request: Request) -> Response:
        return descriptions.stage(self.store.stage(context, request))

    def get_stages(self, context: RequestContext, request: Request) -> Response:
        return page([descriptions.stage(stage) for stage in self.store.api(context, request).stages.values()], request)

    def delete_stage(self, context: RequestContext, request: Request) -> Response:
        stage = self.store.stage(context, request)
        if names := self.store.domain_names_with(request["ApiId"], stage.name):
            raise has_mappings("stage", names)
        return moto(context, "DeleteStage", request)

    def delete_route_settings(self, context: RequestContext, request: Request) -> Response:
        route_settings = self.store.stage(context, request).route_settings
        if route_settings.pop(request["RouteKey"], None) is None:
            raise not_found("route settings", request["RouteKey"])
        return {}

    def delete_access_log_settings(self, context: RequestContext, request: Request) -> Response:
        self.store.stage(context, request).access_log_settings = None
        return {}

    def _check(self, context: RequestContext, request: Request) -> None:
        """Checks the settings, and that a deployment in the request exists and does not exclude AutoDeploy."""
        api = self.store.api(context, request)
        if api.protocol_type == "WEBSOCKET" and request["StageName"] == "$default":
            raise bad_request("Stage name only allows a-zA-Z0-9_- for WEBSOCKET protocol")
        keys = {route.route_key for route in api.routes.values()}
        validation.check_stage_settings(request, keys, api.protocol_type)
        if not request.get("DeploymentId"):
            return
        if request.get("AutoDeploy"):
            raise bad_request("Invalid stage configuration: a deployment cannot be set on a stage with AutoDeploy")
        self.store.deployment(context, request)


def _change(stage: Any, request: Request) -> Response:
    stages.change(stage, request)
    return descriptions.stage(stage)
