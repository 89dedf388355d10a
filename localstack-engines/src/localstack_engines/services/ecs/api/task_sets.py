"""Operations on task sets, from which the tasks of services with the EXTERNAL deployment controller come."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import (
    descriptions,
    identifiers,
    launch_rules,
    load_balancer_rules,
    service_rules,
    service_settings,
)
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, includes
from localstack_engines.services.ecs.deployment_models import Deployment, TaskSet, now
from localstack_engines.services.ecs.errors import invalid_parameter, service_not_active, service_not_found
from localstack_engines.services.ecs.models import Scope, Service
from localstack_engines.toolkit.errors import ServiceError

_KIND = "task-set"


class TaskSetOperations(Operations):
    """Creates, updates, deletes and describes task sets."""

    def create_task_set(self, context: RequestContext, request: Request) -> Response:
        service = self._external_service(context, request)
        token = request.get("clientToken")
        known = [one for one in service.task_sets if token and one.client_token == token]
        if known:
            return {"taskSet": self._described(service, known[0])}
        service_rules.check_update(request)
        scale = _scale(request.get("scale") or {})
        settings = service_settings.updated_settings({"propagateTags": service.settings["propagateTags"]}, request)
        definition = self.definition(context, request["taskDefinition"])
        launch = launch_rules.launch(self.store, service.scope, request)
        launch_rules.network_configuration(service.scope, definition, settings, launch.type)
        load_balancer_rules.check(settings.get("loadBalancers") or [], definition)
        settings["taskDefinition"] = definition["taskDefinitionArn"]
        settings |= {"capacityProviderStrategy": launch.strategy} if launch.strategy else {"launchType": launch.type}
        service_settings.set_defaults(settings)
        task_set = TaskSet(
            Deployment(service_settings.revision(settings)),
            scale,
            external_id=request.get("externalId"),
            client_token=token,
            tags=list(request.get("tags") or []),
        )
        with self.store.lock:
            service.task_sets.append(task_set)
        self.scheduler.wake(service.arn)
        return {"taskSet": self._described(service, task_set)}

    def update_task_set(self, context: RequestContext, request: Request) -> Response:
        service = self._external_service(context, request)
        task_set = self._find_task_set(service, request["taskSet"])
        scale = _scale(request["scale"])
        with self.store.lock:
            task_set.scale, task_set.updated_at = scale, now()
            task_set.set_steady(False)
        self.scheduler.wake(service.arn)
        return {"taskSet": self._described(service, task_set)}

    def delete_task_set(self, context: RequestContext, request: Request) -> Response:
        """Stops the tasks of a task set, then removes it. One with a scale above 0 needs `force`."""
        service = self._external_service(context, request)
        task_set = self._find_task_set(service, request["taskSet"])
        with self.store.lock:
            if task_set.desired(service.desired_count) > 0 and not request.get("force"):
                raise invalid_parameter("The task set cannot be deleted while it is scaled above 0.")
            task_set.status, task_set.updated_at = "DRAINING", now()
        self.scheduler.wake(service.arn)
        return {"taskSet": self._described(service, task_set)}

    def update_service_primary_task_set(self, context: RequestContext, request: Request) -> Response:
        service = self._external_service(context, request)
        primary = self._find_task_set(service, request["primaryTaskSet"])
        with self.store.lock:
            for task_set in service.task_sets:
                if task_set.status == "PRIMARY":
                    task_set.status, task_set.updated_at = "ACTIVE", now()
            primary.status, primary.updated_at = "PRIMARY", now()
            service.settings["taskDefinition"] = primary.deployment.service_revision["taskDefinition"]
        return {"taskSet": self._described(service, primary)}

    def describe_task_sets(self, context: RequestContext, request: Request) -> Response:
        service = self._external_service(context, request)
        found, failures = list(service.task_sets), []
        if request.get("taskSets"):
            ids = {_id(service.scope, reference): reference for reference in request["taskSets"]}
            found = [one for one in found if one.id in ids]
            missing = ids.keys() - {one.id for one in found}
            failures = [{"arn": service.part_arn(_KIND, missed), "reason": "MISSING"} for missed in sorted(missing)]
        with_tags = includes(request, "TAGS")
        return {"taskSets": [self._described(service, one, with_tags) for one in found], "failures": failures}

    def _external_service(self, context: RequestContext, request: Request) -> Service:
        scope = self.scope(context, request["cluster"])
        service = self.store.find_service(scope, identifiers.name_of(scope, "service", request["service"]))
        if service is None or service.status == "INACTIVE":
            raise service_not_found()
        if service.status != "ACTIVE":
            raise service_not_active()
        if not service.is_external:
            raise invalid_parameter("Task sets need a service with the EXTERNAL deployment controller.")
        return service

    def _find_task_set(self, service: Service, reference: str) -> TaskSet:
        wanted = _id(service.scope, reference)
        found = next((one for one in service.task_sets if one.id == wanted and one.status != "DRAINING"), None)
        if found is None:
            raise ServiceError("TaskSetNotFoundException", "The specified task set was not found.")
        return found

    def _described(self, service: Service, task_set: TaskSet, with_tags: bool = True) -> Response:
        with self.store.lock:
            return descriptions.task_set(service, task_set, list(self.store.tasks_of(service)), with_tags)


def _id(scope: Scope, reference: str) -> str:
    return f"ecs-svc/{identifiers.name_of(scope, _KIND, reference)}"


def _scale(scale: Request) -> float:
    """Returns the percentage. Raises InvalidParameterException for another unit, or for a value that is none."""
    value = 100.0 if scale.get("value") is None else float(scale["value"])
    if scale.get("unit", "PERCENT") != "PERCENT" or not 0 <= value <= 100:
        raise invalid_parameter("The scale of a task set is 0 to 100 PERCENT.")
    return value
