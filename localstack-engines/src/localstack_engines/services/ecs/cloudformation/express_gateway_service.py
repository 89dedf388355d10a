"""AWS::ECS::ExpressGatewayService. An action is complete when the deployment is, and fails when the deployment fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-expressgatewayservice.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Failed, Resource

_CREATE_ONLY = ("ServiceName", "Cluster", "InfrastructureRoleArn", "Tags")
_READ_ONLY = ("ServiceArn", "ActiveConfigurations", "Status", "CreatedAt", "UpdatedAt", "Endpoint")
_ATTRIBUTES = (*_READ_ONLY, "ECSManagedResourceArns")


class ExpressGatewayService(Resource):
    TYPE = "AWS::ECS::ExpressGatewayService"
    DEFAULTS = {
        "Cpu": "256",
        "Memory": "512",
        "HealthCheckPath": "/ping",
        "ScalingTarget": {"MinTaskCount": 1, "MaxTaskCount": 1},
    }
    RESET = ()

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if "deployment" not in request.custom_context:
            model["ServiceName"] = model.get("ServiceName") or self.default_name(request, 255)
            arguments = to_request(client, "CreateExpressGatewayService", model, _ATTRIBUTES)
            service = client.create_express_gateway_service(**arguments)["service"]
            model["ServiceArn"] = service["serviceArn"]
            return self.wait(request, model, deployment=service["currentDeployment"])
        return self._settled(request, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if "deployment" not in request.custom_context:
            previous = request.previous_state
            refuse_replacement(previous, model, _CREATE_ONLY)
            model |= {key: previous[key] for key in ("ServiceArn", "ServiceName")}
            ignored = (*_CREATE_ONLY, *(name for name in _ATTRIBUTES if name != "ServiceArn"))
            arguments = to_request(client, "UpdateExpressGatewayService", model, ignored)
            service = client.update_express_gateway_service(**arguments)["service"]
            [last] = self._deployments(client, model, most=1)
            revision = service["targetConfiguration"]["serviceRevisionArn"]
            return self.wait(request, model, deployment=last["serviceDeploymentArn"], revision=revision)
        return self._settled(request, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if not model.get("ServiceArn"):
            return self.done({})
        status = _describe(client, model)["status"]["statusCode"]
        if status == "ACTIVE":
            client.delete_express_gateway_service(serviceArn=model["ServiceArn"])
        return self.done({}) if status == "INACTIVE" else self.wait(request, model)

    @staticmethod
    def _deployments(client: Any, model: dict[str, Any], most: int) -> list[dict[str, Any]]:
        cluster = model["ServiceArn"].split("/")[-2]
        found = client.list_service_deployments(cluster=cluster, service=model["ServiceArn"], maxResults=most)
        return list(found["serviceDeployments"])

    def _settled(self, request: ResourceRequest, model: dict[str, Any]) -> ProgressEvent:
        client = self.client(request, "ecs")
        wanted = request.custom_context["deployment"]
        [deployment] = client.describe_service_deployments(serviceDeploymentArns=[wanted])["serviceDeployments"]
        if deployment["status"] == "SUCCESSFUL" or _returns(request, deployment, "ROLLBACK_SUCCESSFUL"):
            return self.done(model | _attributes(client, model))
        if deployment["status"] in ("PENDING", "IN_PROGRESS") or _returns(request, deployment, "ROLLBACK_IN_PROGRESS"):
            return self.wait(request, model)
        raise Failed(f"The deployment has failed: {deployment.get('statusReason', deployment['status'])}")


def _returns(request: ResourceRequest, deployment: dict[str, Any], status: str) -> bool:
    """Returns whether a deployment of this status leads back to what the action wants.

    So it is when a stack's rollback finds that the circuit breaker has rolled back already: it changes nothing then.
    """
    wanted = request.custom_context.get("revision")
    leads_to = (deployment.get("rollback") or {}).get("serviceRevisionArn")
    return wanted is not None and leads_to == wanted and bool(deployment["status"] == status)


def _describe(client: Any, model: dict[str, Any]) -> dict[str, Any]:
    return dict(client.describe_express_gateway_service(serviceArn=model["ServiceArn"])["service"])


def _attributes(client: Any, model: dict[str, Any]) -> dict[str, Any]:
    """Returns the read-only properties."""
    service = _describe(client, model)
    active = service["activeConfigurations"][0]
    revisions = client.describe_service_revisions(serviceRevisionArns=[active["serviceRevisionArn"]])
    managed = revisions["serviceRevisions"][0]["ecsManagedResources"]
    [path] = managed["ingressPaths"]
    return {
        "Endpoint": active["ingressPaths"][0]["endpoint"],
        "Status": {"StatusCode": service["status"]["statusCode"]},
        "CreatedAt": service["createdAt"].isoformat(),
        "UpdatedAt": service["updatedAt"].isoformat(),
        "ECSManagedResourceArns": {
            "IngressPath": {
                "CertificateArn": path["certificate"]["arn"],
                "ListenerArn": path["listener"]["arn"],
                "ListenerRuleArn": path["rule"]["arn"],
                "LoadBalancerArn": path["loadBalancer"]["arn"],
                "LoadBalancerSecurityGroups": [one["arn"] for one in path["loadBalancerSecurityGroups"]],
                "TargetGroupArns": [one["arn"] for one in path["targetGroups"]],
            },
            "AutoScaling": {
                "ScalableTarget": managed["autoScaling"]["scalableTarget"]["arn"],
                "ApplicationAutoScalingPolicies": [
                    one["arn"] for one in managed["autoScaling"]["applicationAutoScalingPolicies"]
                ],
            },
            "LogGroups": [one["arn"] for one in managed["logGroups"]],
            "ServiceSecurityGroups": [one["arn"] for one in managed["serviceSecurityGroups"]],
        },
    }
