"""Operations on container instances and their attributes. There are no instances: tasks run on Fargate only."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, found_or_missing
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.errors import ServiceError

_KIND = "container-instance"
_MOST_DESCRIBED = 100
_MOST_UPDATED = 10


class ContainerInstanceOperations(Operations):
    """Finds no container instance."""

    def list_container_instances(self, context: RequestContext, request: Request) -> Response:
        self.scope(context, request.get("cluster"))
        return {"containerInstanceArns": []}

    def describe_container_instances(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        _, failures = found_or_missing(scope, _KIND, request["containerInstances"], _none, _MOST_DESCRIBED)
        return {"containerInstances": [], "failures": failures}

    def update_container_instances_state(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        if request["status"] not in ("ACTIVE", "DRAINING"):
            raise invalid_parameter("Container instance status should be one of [ACTIVE, DRAINING]")
        _, failures = found_or_missing(scope, _KIND, request["containerInstances"], _none, _MOST_UPDATED)
        return {"containerInstances": [], "failures": failures}

    def deregister_container_instance(self, context: RequestContext, request: Request) -> Response:
        raise self._not_found(context, request)

    def update_container_agent(self, context: RequestContext, request: Request) -> Response:
        raise self._not_found(context, request)

    def list_attributes(self, context: RequestContext, request: Request) -> Response:
        self.scope(context, request.get("cluster"))
        _check_target_type(request)
        return {"attributes": []}

    def put_attributes(self, context: RequestContext, request: Request) -> Response:
        raise self._no_target(context, request)

    def delete_attributes(self, context: RequestContext, request: Request) -> Response:
        raise self._no_target(context, request)

    def _no_target(self, context: RequestContext, request: Request) -> ServiceError:
        self.scope(context, request.get("cluster"))
        for attribute in request["attributes"]:
            _check_target_type(attribute)
        return ServiceError("TargetNotFoundException", "The specified target was not found.")

    def _not_found(self, context: RequestContext, request: Request) -> ServiceError:
        identifiers.name_of(self.scope(context, request.get("cluster")), _KIND, request["containerInstance"])
        return invalid_parameter("The referenced container instance was not found.")


def _none(scope: Scope, reference: str) -> None:
    return None


def _check_target_type(given: Request) -> None:
    if given.get("targetType", "container-instance") != "container-instance":
        raise invalid_parameter("Target type should be container-instance.")
