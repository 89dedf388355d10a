"""Operations on scalable targets and their tags."""

from localstack.aws.api import RequestContext

from localstack_engines.services.applicationautoscaling.api.operations import (
    Operations,
    Request,
    Response,
    check_dimension,
    is_asked_for,
)
from localstack_engines.services.applicationautoscaling.api.paging import PAGER
from localstack_engines.services.applicationautoscaling.control import alarms, ecs_services
from localstack_engines.services.applicationautoscaling.errors import resource_not_found, validation_error
from localstack_engines.services.applicationautoscaling.models import (
    DYNAMIC_IN,
    DYNAMIC_OUT,
    SCHEDULED,
    Target,
    TargetKey,
)

_ROLE = "aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"


class TargetOperations(Operations):
    """Registers, describes and deregisters scalable targets."""

    def register_scalable_target(self, context: RequestContext, request: Request) -> Response:
        key = self.key(context, request)
        with self.store.lock:
            target = self.store.targets.get(key)
            if target is None:
                target = self._new(key, request)
            else:
                _update(target, request)
            self.store.targets[key] = target
            self.capacity.bring_within_limits(target)
        self.timetable.wake()
        return {"ScalableTargetARN": target.arn}

    def deregister_scalable_target(self, context: RequestContext, request: Request) -> Response:
        with self.store.lock:
            key = self.target(context, request).key
            for policy in self.store.policies_of(key):
                alarms.remove(policy)
                self.store.policies.pop((key, policy.name))
            for action in self.store.actions_of(key):
                self.store.scheduled_actions.pop((key, action.name))
            self.store.targets.pop(key)
        return {}

    def describe_scalable_targets(self, context: RequestContext, request: Request) -> Response:
        asked = {**request, "ResourceId": None}
        check_dimension({**request, "ResourceId": request.get("ResourceIds")})
        wanted = request.get("ResourceIds")
        found = [
            target
            for target in self.store.targets_in(context.account_id, context.region)
            if is_asked_for(target.key, asked) and (not wanted or target.key.resource_id in wanted)
        ]
        page, token = PAGER.page(found, request)
        return {"ScalableTargets": [_described(target) for target in page], **token}

    def tag_resource(self, context: RequestContext, request: Request) -> Response:
        self._tagged(request).tags.update(request["Tags"])
        return {}

    def untag_resource(self, context: RequestContext, request: Request) -> Response:
        target = self._tagged(request)
        for key in request["TagKeys"]:
            target.tags.pop(key, None)
        return {}

    def list_tags_for_resource(self, context: RequestContext, request: Request) -> Response:
        return {"Tags": self._tagged(request).tags}

    def _new(self, key: TargetKey, request: Request) -> Target:
        if ecs_services.counts(key) is None:
            raise validation_error(f"ECS service doesn't exist: {key.resource_id}")
        limits = [request.get(member) for member in ("MinCapacity", "MaxCapacity")]
        if None in limits:
            raise validation_error("MinCapacity and MaxCapacity must be specified for new scalable targets")
        least, most = (int(limit) for limit in limits if limit is not None)
        _check_limits(least, most)
        role = request.get("RoleARN") or f"arn:aws:iam::{key.account}:role/{_ROLE}"
        suspended = {DYNAMIC_IN: False, DYNAMIC_OUT: False, SCHEDULED: False, **(request.get("SuspendedState") or {})}
        return Target(key, least, most, role, suspended, dict(request.get("Tags") or {}))

    def _tagged(self, request: Request) -> Target:
        target = self.store.target_by_arn(request["ResourceARN"])
        if target is None:
            raise resource_not_found(request["ResourceARN"])
        return target


def _update(target: Target, request: Request) -> None:
    if request.get("Tags"):
        raise validation_error("Tags can only be specified for new scalable targets; use TagResource instead")
    least, most = (
        current if (given := request.get(member)) is None else int(given)
        for member, current in (("MinCapacity", target.minimum), ("MaxCapacity", target.maximum))
    )
    _check_limits(least, most)
    target.minimum, target.maximum = least, most
    target.role_arn = request.get("RoleARN") or target.role_arn
    target.suspended |= request.get("SuspendedState") or {}


def _check_limits(least: int, most: int) -> None:
    if least < 0:
        raise validation_error("Minimum capacity cannot be less than 0")
    if most < least:
        raise validation_error("Maximum capacity cannot be less than minimum capacity")


def _described(target: Target) -> Response:
    return {
        "ServiceNamespace": target.key.namespace,
        "ResourceId": target.key.resource_id,
        "ScalableDimension": target.key.dimension,
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": target.role_arn,
        "CreationTime": target.created_at,
        "SuspendedState": target.suspended,
        "ScalableTargetARN": target.arn,
    }
