"""The base of all groups of Application Auto Scaling operations."""

import re
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.applicationautoscaling.control.capacity import Capacity
from localstack_engines.services.applicationautoscaling.control.timetable import Timetable
from localstack_engines.services.applicationautoscaling.errors import target_not_found, validation_error
from localstack_engines.services.applicationautoscaling.models import DIMENSION, NAMESPACE, Target, TargetKey
from localstack_engines.services.applicationautoscaling.store import Store

Request = dict[str, Any]
Response = dict[str, Any]

_SERVICE = re.compile(r"service/[^/]+/[^/]+")


class Operations:
    """Finds what requests name."""

    def __init__(self, store: Store, capacity: Capacity, timetable: Timetable) -> None:
        self.store = store
        self.capacity = capacity
        self.timetable = timetable

    def key(self, context: RequestContext, request: Request) -> TargetKey:
        """Returns the key of the target that a request names. Raises ValidationException for what is no ECS service."""
        namespace, resource, dimension = (
            request[member] for member in ("ServiceNamespace", "ResourceId", "ScalableDimension")
        )
        check_namespace(namespace)
        if dimension != DIMENSION or not _SERVICE.fullmatch(resource):
            raise validation_error("Unsupported service namespace, resource type or scalable dimension")
        return TargetKey(context.account_id, context.region, namespace, resource, dimension)

    def target(self, context: RequestContext, request: Request) -> Target:
        """Returns the target that a request names. Raises ValidationException, ObjectNotFoundException."""
        key = self.key(context, request)
        found = self.store.targets.get(key)
        if found is None:
            raise target_not_found(key)
        return found


def check_namespace(namespace: str) -> None:
    """Raises ValidationException for the resources of other services than ECS."""
    if namespace != NAMESPACE:
        raise validation_error(
            f"The service namespace {namespace} is not supported by the local application-autoscaling service."
        )


def is_asked_for(key: TargetKey, request: Request) -> bool:
    """Whether a request to describe names the resource and dimension, or none."""
    return (request.get("ResourceId") or key.resource_id, request.get("ScalableDimension") or key.dimension) == (
        key.resource_id,
        key.dimension,
    )


def check_dimension(request: Request) -> None:
    """Raises ValidationException for a request to describe that names a dimension and no resource."""
    check_namespace(request["ServiceNamespace"])
    if request.get("ScalableDimension") and not request.get("ResourceId"):
        raise validation_error("Resource ID must be provided when scalable dimension is specified")
