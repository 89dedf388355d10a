"""AWS::ApiGateway::Deployment, deleted only when no stage uses it.

LocalStack's own type deletes a stage with the deployment, so an update of a template, which replaces the deployment,
would lose the stage.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-deployment.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.core_types.apigateway.patches import changed
from localstack_engines.core_types.core_class import ResourceOfCore


class Deployment(ResourceOfCore):
    TYPE = "AWS::ApiGateway::Deployment"
    CORE = "apigateway.resource_providers.aws_apigateway_deployment:ApiGatewayDeploymentProvider"
    RESET = ("Description",)
    FIXED = ("StageDescription", "StageName")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model, previous = self.client(request, "apigateway"), request.desired_state, request.previous_state
        model["DeploymentId"] = previous["DeploymentId"]
        if patches := changed((("Description", "/description"),), model, previous):
            client.update_deployment(**_identity(model), patchOperations=patches)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        """Deletes the deployment, and before it the stage that it made itself (property StageName)."""
        client, model = self.client(request, "apigateway"), request.desired_state
        stages = client.get_stages(**_identity(model))["item"]
        if model.get("StageName") in [stage["stageName"] for stage in stages]:
            client.delete_stage(restApiId=model["RestApiId"], stageName=model["StageName"])
        client.delete_deployment(**_identity(model))
        return self.done({})


def _identity(model: dict[str, Any]) -> dict[str, str]:
    return {"restApiId": model["RestApiId"], "deploymentId": model["DeploymentId"]}
