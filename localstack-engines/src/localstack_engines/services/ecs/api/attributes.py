"""Operations on the attributes of container instances."""

import re

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.instance_models import INACTIVE, ContainerInstance
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit.errors import ServiceError

_KIND = "container-instance"
_RESERVED = ("ecs.", "com.amazonaws.ecs.")
_NAME = re.compile(r"[a-zA-Z0-9_./\\-]{1,128}")
_MOST_CHANGED = 10


class AttributeOperations(Operations):
    """Puts, deletes and lists attributes."""

    def put_attributes(self, context: RequestContext, request: Request) -> Response:
        targets = self._targets(context, request)
        with self.store.lock:
            for instance, attribute in targets:
                instance.attributes[attribute["name"]] = attribute.get("value")
        self.scheduler.wake_cluster(self.scope(context, request.get("cluster")))
        return {"attributes": [_described(one, a["name"], a.get("value")) for one, a in targets]}

    def delete_attributes(self, context: RequestContext, request: Request) -> Response:
        targets, deleted = self._targets(context, request), []
        with self.store.lock:
            for instance, attribute in targets:
                name = attribute["name"]
                if name in instance.attributes and attribute.get("value") in (None, instance.attributes[name]):
                    deleted.append(_described(instance, name, instance.attributes.pop(name)))
        self.scheduler.wake_cluster(self.scope(context, request.get("cluster")))
        return {"attributes": deleted}

    def list_attributes(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        _check_target_type(request)
        self.instances.refresh(scope.account, scope.region)
        name, value = request.get("attributeName"), request.get("attributeValue")
        found = [
            _described(one, key, known)
            for one in self.store.instances_in(scope)
            if one.status != INACTIVE
            for key, known in one.attributes.items()
            if name in (None, key) and value in (None, known)
        ]
        items, more = PAGER.page(found, request)
        return {"attributes": items, **more}

    def _targets(self, context: RequestContext, request: Request) -> list[tuple[ContainerInstance, Request]]:
        """Returns the instances and what is to be changed there. Raises an error before anything is changed."""
        scope = self.scope(context, request.get("cluster"))
        self.instances.refresh(scope.account, scope.region)
        if len(request["attributes"]) > _MOST_CHANGED:
            raise invalid_parameter(f"At most {_MOST_CHANGED} attributes can be changed in one call.")
        return [(self._target(scope, attribute), attribute) for attribute in request["attributes"]]

    def _target(self, scope: Scope, attribute: Request) -> ContainerInstance:
        _check_target_type(attribute)
        name = attribute["name"]
        if not _NAME.fullmatch(name) or name.startswith(_RESERVED):
            raise invalid_parameter(f"The attribute name '{name}' is invalid or reserved for ECS.")
        reference = attribute.get("targetId")
        found = self.store.find_instance(scope, identifiers.name_of(scope, _KIND, reference)) if reference else None
        if found is None or found.status == INACTIVE:
            raise ServiceError("TargetNotFoundException", "The specified target was not found.")
        return found


def _described(instance: ContainerInstance, name: str, value: str | None) -> Response:
    shown = {"name": name, "targetType": _KIND, "targetId": instance.arn}
    return shown if value is None else {**shown, "value": value}


def _check_target_type(given: Request) -> None:
    if given.get("targetType", _KIND) != _KIND:
        raise invalid_parameter("Target type should be container-instance.")
