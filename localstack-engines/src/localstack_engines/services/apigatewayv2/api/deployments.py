"""Operations on deployments."""

from typing import Any

from localstack_engines.services.apigatewayv2 import store
from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.errors import BadRequest
from localstack_engines.services.apigatewayv2.models import Deployment


class DeploymentOperations(Operations):
    """CreateDeployment, UpdateDeployment and so on."""

    def create_deployment(self, context: Any, request: dict) -> dict:
        api = store.api(context, request)
        stage = store.stage(context, request) if request.get("StageName") else None
        if not api.routes:
            raise BadRequest("At least one route is required before deploying the Api.")
        deployment = stages.deploy(api, request.get("Description") or None)
        if stage is not None:
            stages.set_deployment(stage, deployment.id)
            self._publisher.publish()
        return _description(deployment)

    def get_deployment(self, context: Any, request: dict) -> dict:
        return _description(store.deployment(context, request))

    def get_deployments(self, context: Any, request: dict) -> dict:
        found = store.deployments(store.api(context, request)).values()
        return page([_description(deployment) for deployment in found], request)

    def update_deployment(self, context: Any, request: dict) -> dict:
        deployment = store.deployment(context, request)
        deployment.description = request.get("Description", deployment.description)
        return _description(deployment)

    def delete_deployment(self, context: Any, request: dict) -> dict:
        api, deployment = store.api(context, request), store.deployment(context, request)
        if any(store.deployment_id(stage) == deployment.id for stage in api.stages.values()):
            raise BadRequest("Active stages pointing to this deployment must be moved or deleted")
        del store.deployments(api)[deployment.id]
        return {}


def _description(deployment: Deployment) -> dict:
    description = {} if deployment.description is None else {"Description": deployment.description}
    return {
        "DeploymentId": deployment.id,
        "DeploymentStatus": "DEPLOYED",
        "CreatedDate": deployment.created,
        "AutoDeployed": False,
        **description,
    }
