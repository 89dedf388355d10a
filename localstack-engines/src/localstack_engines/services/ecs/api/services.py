"""Operations on services. They change a service's record and wake the scheduler, which starts and stops the tasks."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import (
    descriptions,
    identifiers,
    launch_rules,
    load_balancer_rules,
    service_rules,
    service_settings,
)
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, found_or_missing, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.api.service_settings import Settings
from localstack_engines.services.ecs.control.capacity_strategy import launch_type_of
from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.errors import (
    invalid_parameter,
    namespace_not_found,
    service_not_active,
    service_not_found,
)
from localstack_engines.services.ecs.models import Scope, Service

_LISTED_BY_DEFAULT = 10
_MOST_DESCRIBED = 10


class ServiceOperations(Operations):
    """Creates, updates, deletes, describes and lists services."""

    def create_service(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        service_rules.check_create(request)
        existing = self.store.find_service(scope, request["serviceName"])
        if existing is not None and existing.status == "ACTIVE":
            if request.get("clientToken") and existing.client_token == request["clientToken"]:
                return {"service": self._described_service(existing)}
            raise invalid_parameter("Creation of service was not idempotent.")
        if existing is not None and existing.status == "DRAINING":
            raise invalid_parameter("Unable to Start a service that is still Draining.")
        settings = service_settings.updated_settings({}, request)
        is_external = service_rules.controller(request) == "EXTERNAL"
        if is_external:
            settings["deploymentController"] = {"type": "EXTERNAL"}
            service_settings.set_defaults(settings)
        else:
            self._complete(context, scope, settings, request)
        service = Service(
            scope,
            request["serviceName"],
            settings,
            request.get("desiredCount") or 0,
            tags=list(request.get("tags") or []),
            client_token=request.get("clientToken"),
        )
        if not is_external:
            service.begin_deployment(service_settings.revision(settings))
        with self.store.lock:
            self.store.forget_express(service.arn)
            self.store.services[service.arn] = service
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def update_service(self, context: RequestContext, request: Request) -> Response:
        service = self._find_service(context, request)
        if service.status != "ACTIVE":
            raise service_not_active()
        service_rules.check_update(request)
        if service.is_external:
            return self._update_external(service, request)
        if service_rules.controller(request) == "EXTERNAL":
            raise invalid_parameter("The deployment controller of a service cannot be changed to EXTERNAL.")
        settings = service_settings.updated_settings(service.settings, request)
        if request.get("capacityProviderStrategy"):
            settings.pop("launchType", None)
        keeps_definition = settings["taskDefinition"] == service.settings["taskDefinition"]
        keeps_balancers = settings.get("loadBalancers") == service.settings.get("loadBalancers")
        self._complete(
            context,
            service.scope,
            settings,
            settings,
            allow_inactive=keeps_definition,
            # A service whose target group is gone can still be scaled to 0.
            checks_balancers=not (keeps_definition and keeps_balancers),
            in_use=service.settings.get("capacityProviderStrategy"),
        )
        revision = service_settings.revision(settings)
        with self.store.lock:
            service.settings = settings
            if request.get("desiredCount") is not None and not service.is_daemon:
                service.desired_count = request["desiredCount"]
                service.is_steady = False
            if revision != service.primary.service_revision or request.get("forceNewDeployment"):
                service.begin_deployment(revision)
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def _update_external(self, service: Service, request: Request) -> Response:
        """Updates a service whose tasks come from task sets."""
        service_rules.check_external(request)
        with self.store.lock:
            service.settings = service_settings.updated_settings(service.settings, request)
            if request.get("desiredCount") is not None:
                service.desired_count = request["desiredCount"]
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def delete_service(self, context: RequestContext, request: Request) -> Response:
        service = self._find_service(context, request)
        with self.store.lock:
            if service.status == "ACTIVE":
                if service.desired_count > 0 and not request.get("force") and not service.is_daemon:
                    raise invalid_parameter("The service cannot be stopped while it is scaled above 0.")
                service.desired_count = 0
                service.status = "DRAINING"
        self.scheduler.wake(service.arn)
        return {"service": self._described_service(service)}

    def describe_services(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        found, failures = found_or_missing(
            scope, "service", request.get("services"), self.store.find_service, _MOST_DESCRIBED
        )
        described = [self._described_service(service, includes(request, "TAGS")) for service in found]
        return {"services": described, "failures": failures}

    def list_services(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        if request.get("schedulingStrategy") not in (None, "REPLICA", "DAEMON"):
            raise invalid_parameter("Scheduling strategy should be one of [REPLICA, DAEMON]")
        if request.get("resourceManagementType") not in (None, "CUSTOMER", "ECS"):
            raise invalid_parameter("Resource management type should be one of [CUSTOMER, ECS]")
        launch_type = request.get("launchType")
        arns = [
            s.arn
            for s in self.store.services_in(scope)
            if s.status != "INACTIVE"
            and request.get("resourceManagementType")
            in (None, descriptions.management(s.arn in self.store.express_services))
            and launch_type in (None, launch_type_of(s.settings))
            and request.get("schedulingStrategy") in (None, s.settings.get("schedulingStrategy") or "REPLICA")
        ]
        items, more = PAGER.page(arns, request, default_size=_LISTED_BY_DEFAULT)
        return {"serviceArns": items, **more}

    def list_services_by_namespace(self, context: RequestContext, request: Request) -> Response:
        """Lists no service: those of a namespace use Service Connect, which CreateService refuses."""
        client = account_client(context.account_id, context.region, "servicediscovery")
        wanted = request["namespace"]
        pages = client.get_paginator("list_namespaces").paginate()
        if not any(wanted in (n["Name"], n["Id"], n["Arn"]) for page in pages for n in page["Namespaces"]):
            raise namespace_not_found()
        return {"serviceArns": []}

    def _find_service(self, context: RequestContext, request: Request) -> Service:
        scope = self.scope(context, request.get("cluster"))
        service = self.store.find_service(scope, identifiers.name_of(scope, "service", request["service"]))
        if service is None or service.status == "INACTIVE":
            raise service_not_found()
        return service

    def _described_service(self, service: Service, with_tags: bool = True) -> Response:
        with self.store.lock:
            described = descriptions.service(service, list(self.store.tasks_of(service)), with_tags)
        is_express = service.arn in self.store.express_services
        return {**described, "resourceManagementType": descriptions.management(is_express)}

    def _complete(
        self,
        context: RequestContext,
        scope: Scope,
        settings: Settings,
        request: Request,
        *,
        allow_inactive: bool = False,
        checks_balancers: bool = True,
        in_use: list[Settings] | None = None,
    ) -> None:
        """Checks the settings that tasks are started with, and adds defaults for those that the caller did not give."""
        if not settings.get("taskDefinition"):
            raise invalid_parameter("TaskDefinition can not be blank.")
        definition = self.definition(context, settings["taskDefinition"], allow_inactive=allow_inactive)
        launch = launch_rules.launch(self.store, scope, request, in_use)
        launch_rules.network_configuration(scope, definition, settings, launch.type)
        if checks_balancers:
            load_balancer_rules.check(settings.get("loadBalancers") or [], definition)
        service_rules.check_scheduling(settings, launch.type)
        settings["taskDefinition"] = definition["taskDefinitionArn"]
        settings |= {"capacityProviderStrategy": launch.strategy} if launch.strategy else {"launchType": launch.type}
        service_settings.set_defaults(settings)
