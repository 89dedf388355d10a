"""Operations on deployments."""

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api import descriptions
from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.api.paging import page
from localstack_engines.services.apigatewayv2.control import stages
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.services.apigatewayv2.store import deployment_id, deployments


class DeploymentOperations(Operations):
    """Creates, describes, lists, updates and deletes deployments."""

    def create_deployment(self, context: RequestContext, request: Request) -> Response:
        api = self.store.api(context, request)
        stage = self.store.stage(context, request) if request.get("StageName") else None
        if not api.routes:
            raise bad_request("At least one route is required before deploying the Api.")
        deployment = stages.deploy(api, request.get("Description") or None)
        if stage is not None:
            stages.set_deployment(stage, deployment.id)
        return descriptions.deployment(deployment)

    def get_deployment(self, context: RequestContext, request: Request) -> Response:
        return descriptions.deployment(self.store.deployment(context, request))

    def get_deployments(self, context: RequestContext, request: Request) -> Response:
        found = deployments(self.store.api(context, request)).values()
        return page([descriptions.deployment(deployment) for deployment in found], request)

    def update_deployment(self, context: RequestContext, request: Request) -> Response:
        deployment = self.store.deployment(context, request)
        deployment.description = request.get("Description", deployment.description)
        return descriptions.deployment(deployment)

    def delete_deployment(self, context: RequestContext, request: Request) -> Response:
        api, deployment = self.store.api(context, request), self.store.deployment(context, request)
        if any(deployment_id(stage) == deployment.id for stage in api.stages.values()):
            raise bad_request("Active stages pointing to this deployment must be moved or deleted")
        del deployments(api)[deployment.id]
        return {}
