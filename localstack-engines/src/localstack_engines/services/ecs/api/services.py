"""CreateService, UpdateService, DeleteService, DescribeServices, ListServices."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs import errors
from localstack_engines.services.ecs.api import describe
from localstack_engines.services.ecs.api.operations import (
    Operations,
    Request,
    Response,
    definition,
    found_or_missing,
    launch_of,
    network_of,
    page,
    wants,
)
from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.models import Deployment, Scope, Service

_DEFAULT_DEPLOYMENT = {"minimumHealthyPercent": 100, "maximumPercent": 200}
_REVISION = (
    "taskDefinition",
    "networkConfiguration",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "serviceRegistries",
    "enableExecuteCommand",
    "propagateTags",
)
"""Settings whose change means new tasks."""
_SETTINGS = (
    *_REVISION,
    "healthCheckGracePeriodSeconds",
    "enableECSManagedTags",
    "deploymentConfiguration",
    "availabilityZoneRebalancing",
)


class ServiceOperations(Operations):
    scheduler: Scheduler

    def create_service(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        _refuse_unsupported(request)
        desired = request.get("desiredCount")
        if desired is None or desired < 0:
            raise errors.invalid_parameter("The desired count of the service must be 0 or more.")
        existing = self.store.find_service(scope, request["serviceName"])
        if existing is not None and existing.status == "ACTIVE":
            raise errors.invalid_parameter("Creation of service was not idempotent.")
        if existing is not None and existing.status == "DRAINING":
            raise errors.invalid_parameter("Unable to Start a service that is still Draining.")
        settings = {key: request[key] for key in _SETTINGS if request.get(key) is not None}
        settings["deploymentConfiguration"] = _deployment_configuration({}, request)
        self._complete(context, scope, settings, request)
        service = Service(scope, request["serviceName"], settings, desired, tags=list(request.get("tags") or []))
        service.deployments = [Deployment(_revision(settings))]
        with self.store.lock:
            self.store.services[service.arn] = service
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def update_service(self, context: RequestContext, request: Request) -> Response:
        service = self._find_service(context, request, request["service"])
        if service.status != "ACTIVE":
            raise errors.service_not_active()
        _refuse_unsupported(request)
        settings = {**service.settings, **{key: request[key] for key in _SETTINGS if request.get(key) is not None}}
        if request.get("capacityProviderStrategy"):
            settings.pop("launchType", None)
        settings["deploymentConfiguration"] = _deployment_configuration(
            service.settings["deploymentConfiguration"], request
        )
        keeps_definition = settings["taskDefinition"] == service.settings["taskDefinition"]
        self._complete(context, service.scope, settings, settings, inactive_too=keeps_definition)
        with self.store.lock:
            service.settings = settings
            if request.get("desiredCount") is not None:
                service.desired_count = request["desiredCount"]
                service.is_steady = False
            if _revision(settings) != service.primary.service_revision or request.get("forceNewDeployment"):
                _begin_deployment(service)
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def delete_service(self, context: RequestContext, request: Request) -> Response:
        service = self._find_service(context, request, request["service"])
        with self.store.lock:
            if service.status == "ACTIVE":
                if service.desired_count > 0 and not request.get("force"):
                    raise errors.invalid_parameter("The service cannot be stopped while it is scaled above 0.")
                service.desired_count = 0
                service.status = "DRAINING"
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def describe_services(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        found, failures = found_or_missing(scope, "service", request.get("services"), self.store.find_service)
        described = [self._described_service(service, wants(request, "TAGS")) for service in found]
        return {"services": described, "failures": failures}

    def list_services(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        launch_type = request.get("launchType")
        arns = [
            s.arn
            for s in self.store.services_in(scope)
            if s.status != "INACTIVE" and launch_type in (None, s.settings.get("launchType", "FARGATE"))
        ]
        items, more = page(arns, {"maxResults": 10, **request})
        return {"serviceArns": items, **more}

    def _find_service(self, context: RequestContext, request: Request, reference: str) -> Service:
        service = self.store.find_service(self.scope(context, request.get("cluster")), reference)
        if service is None or service.status == "INACTIVE":
            raise errors.service_not_found()
        return service

    def _described_service(self, service: Service, with_tags: bool = True) -> Response:
        with self.store.lock:
            return describe.service(service, list(self.store.tasks_of(service)), with_tags)

    @staticmethod
    def _complete(
        context: RequestContext,
        scope: Scope,
        settings: dict[str, Any],
        request: Request,
        *,
        inactive_too: bool = False,
    ) -> None:
        """Checks what tasks will be started with and fills in what the caller left to ECS."""
        if not settings.get("taskDefinition"):
            raise errors.invalid_parameter("TaskDefinition can not be blank.")
        task_definition = definition(
            context.account_id, context.region, settings["taskDefinition"], inactive_too=inactive_too
        )
        launch_type, provider = launch_of(context, scope, request)
        network_of(context, task_definition, settings)
        settings["taskDefinition"] = task_definition["taskDefinitionArn"]
        settings["platformVersion"] = settings.get("platformVersion") or "LATEST"
        settings.setdefault("serviceRegistries", [])
        settings.setdefault("propagateTags", "NONE")
        settings.setdefault("enableExecuteCommand", False)
        settings.setdefault("enableECSManagedTags", False)
        if provider is None:
            settings["launchType"] = launch_type


def _revision(settings: dict[str, Any]) -> dict[str, Any]:
    return {key: settings.get(key) for key in _REVISION}


def _begin_deployment(service: Service) -> None:
    for previous in service.deployments:
        previous.status = "ACTIVE"
    service.deployments.insert(0, Deployment(_revision(service.settings)))
    service.is_steady = False


def _deployment_configuration(current: dict[str, Any], request: Request) -> dict[str, Any]:
    given = {k: v for k, v in (request.get("deploymentConfiguration") or {}).items() if v is not None}
    return {**_DEFAULT_DEPLOYMENT, **current, **given}


def _refuse_unsupported(request: Request) -> None:
    controller = (request.get("deploymentController") or {}).get("type", "ECS")
    if controller != "ECS":
        raise errors.invalid_parameter(f"The local ECS has no deployment controller {controller}.")
    if request.get("loadBalancers"):
        raise errors.invalid_parameter("The local ECS has no load balancers: use serviceRegistries.")
    if (request.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise errors.invalid_parameter("The local ECS has no Service Connect: use serviceRegistries.")
    if request.get("schedulingStrategy", "REPLICA") != "REPLICA":
        raise errors.invalid_parameter("The DAEMON scheduling strategy is not supported on Fargate.")
