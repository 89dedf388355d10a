"""AWS::ECS::Service. An action is complete when the service is steady, and fails when its deployment fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-service.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.services.ecs.cloudformation.tags import update_resource_tags

_READ_ONLY = ("ServiceArn", "Name", "ForceNewDeployment")
_NOT_UPDATED = (
    *_READ_ONLY,
    "LaunchType",
    "Role",
    "SchedulingStrategy",
    "ServiceName",
    "Cluster",
    "Tags",
    "DeploymentController",
)

# UpdateService leaves what the configuration of a deployment does not name.
_DEPLOYMENT = {
    "MaximumPercent": 200,
    "MinimumHealthyPercent": 100,
    "DeploymentCircuitBreaker": {"Enable": False, "Rollback": False},
}


class Service(Resource):
    TYPE = "AWS::ECS::Service"
    DEFAULTS = {
        "AvailabilityZoneRebalancing": "DISABLED",
        "CapacityProviderStrategy": [],
        "DeploymentConfiguration": {},
        "EnableECSManagedTags": False,
        "EnableExecuteCommand": False,
        "HealthCheckGracePeriodSeconds": 0,
        "LoadBalancers": [],
        "PlacementConstraints": [],
        "PlacementStrategies": [],
        "PlatformVersion": "LATEST",
        "PropagateTags": "NONE",
        "ServiceConnectConfiguration": {"Enabled": False},
        "ServiceRegistries": [],
        "VolumeConfigurations": [],
    }
    # As on AWS, a service keeps its count when the template no longer has one.
    RESET = ("DesiredCount", "ForceNewDeployment", "Tags")
    FIXED = ("DeploymentController", "LaunchType")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if "deployment" not in request.custom_context:
            model.setdefault("ServiceName", self.default_name(request, 200))
            model.setdefault("Cluster", "default")
            if model.get("SchedulingStrategy") != "DAEMON":
                model.setdefault("DesiredCount", 1)
            service = client.create_service(**to_request(client, "CreateService", _renamed(model), _READ_ONLY))[
                "service"
            ]
            model |= {"ServiceArn": service["serviceArn"], "Name": service["serviceName"]}
            return self.wait(request, model, deployment=service["deployments"][0]["id"])
        return self._settled(request, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if "deployment" not in request.custom_context:
            previous = request.previous_state
            refuse_replacement(previous, model, ("Cluster", "Role", "SchedulingStrategy", "ServiceName"))
            model |= {key: previous[key] for key in ("ServiceArn", "Name", "ServiceName", "Cluster")}
            properties = {**_renamed(model), "Service": model["ServiceName"]}
            if "DeploymentConfiguration" in model:
                properties["DeploymentConfiguration"] = {**_DEPLOYMENT, **model["DeploymentConfiguration"]}
            arguments = to_request(client, "UpdateService", properties, _NOT_UPDATED)
            arguments["cluster"] = model["Cluster"]
            arguments["forceNewDeployment"] = model.get("ForceNewDeployment") != previous.get("ForceNewDeployment")
            service = client.update_service(**arguments)["service"]
            update_resource_tags(client, model["ServiceArn"], request)
            return self.wait(request, model, deployment=service["deployments"][0]["id"])
        return self._settled(request, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        if not model.get("ServiceArn"):
            return self.done({})
        service = _describe(client, model)
        if service is None or service["status"] == "INACTIVE":
            return self.done({})
        if service["status"] == "ACTIVE":
            client.delete_service(cluster=model["Cluster"], service=model["ServiceArn"], force=True)
        return self.wait(request, model)

    def _settled(self, request: ResourceRequest, model: dict[str, Any]) -> ProgressEvent:
        """Ends the action when its deployment is complete and the only one. Raises Failed if the deployment failed."""
        service = _describe(self.client(request, "ecs"), model)
        if service is None or service["status"] != "ACTIVE":
            raise Failed(f"The service {model['ServiceName']} is gone.")
        wanted = request.custom_context["deployment"]
        primary = service["deployments"][0]
        if primary["id"] != wanted or primary["rolloutState"] == "FAILED":
            raise Failed(_failure(service, wanted))
        complete = primary["rolloutState"] == "COMPLETED" and len(service["deployments"]) == 1
        steady = complete and service["runningCount"] == service["desiredCount"] and not service["pendingCount"]
        return self.done(model) if steady else self.wait(request, model)


def _renamed(model: dict[str, Any]) -> dict[str, Any]:
    """Renames CloudFormation's PlacementStrategies to the API's `placementStrategy`."""
    renamed = {key: value for key, value in model.items() if key != "PlacementStrategies"}
    return renamed | ({"PlacementStrategy": model["PlacementStrategies"]} if "PlacementStrategies" in model else {})


def _describe(client: Any, model: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found = client.describe_services(cluster=model["Cluster"], services=[model["ServiceArn"]])["services"]
    except client.exceptions.ClusterNotFoundException:
        return None
    return dict(found[0]) if found else None


def _failure(service: dict[str, Any], deployment: str) -> str:
    """Returns AWS CloudFormation's message, with ECS's event about the failed tasks."""
    event = next(
        (e["message"] for e in service["events"] if f"(deployment {deployment}) deployment failed" in e["message"]), ""
    )
    return f"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'. {event}".strip()
