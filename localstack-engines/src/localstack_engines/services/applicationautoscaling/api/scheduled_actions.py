"""Operations on scheduled actions."""

from zoneinfo import available_timezones

from localstack.aws.api import RequestContext

from localstack_engines.services.applicationautoscaling.api.operations import (
    Operations,
    Request,
    Response,
    check_dimension,
    is_asked_for,
)
from localstack_engines.services.applicationautoscaling.api.paging import PAGER
from localstack_engines.services.applicationautoscaling.control.schedule import InvalidSchedule
from localstack_engines.services.applicationautoscaling.errors import scheduled_action_not_found, validation_error
from localstack_engines.services.applicationautoscaling.models import ScheduledAction, TargetKey


class ScheduledActionOperations(Operations):
    """Puts, describes and deletes scheduled actions."""

    def put_scheduled_action(self, context: RequestContext, request: Request) -> Response:
        with self.store.lock:
            key, name = self.target(context, request).key, request["ScheduledActionName"]
            previous = self.store.scheduled_actions.get((key, name))
            action = _action(key, name, request, previous)
            try:
                self.timetable.plan(action)
            except InvalidSchedule as error:
                raise validation_error(f"Invalid schedule expression: {action.schedule}") from error
            self.store.scheduled_actions[key, name] = action
        self.timetable.wake()
        return {}

    def delete_scheduled_action(self, context: RequestContext, request: Request) -> Response:
        key, name = self.key(context, request), request["ScheduledActionName"]
        if self.store.scheduled_actions.pop((key, name), None) is None:
            raise scheduled_action_not_found(name, key)
        return {}

    def describe_scheduled_actions(self, context: RequestContext, request: Request) -> Response:
        check_dimension(request)
        names = request.get("ScheduledActionNames")
        found = [
            action
            for action in self.store.actions_in(context.account_id, context.region)
            if is_asked_for(action.key, request) and (not names or action.name in names)
        ]
        page, token = PAGER.page(found, request)
        return {"ScheduledActions": [_described(action) for action in page], **token}


def _action(key: TargetKey, name: str, request: Request, previous: ScheduledAction | None) -> ScheduledAction:
    """Returns the action that a request asks for. What the request does not name stays as it was."""
    schedule = request.get("Schedule") or (previous.schedule if previous else None)
    change = request.get("ScalableTargetAction") or (previous.change if previous else None)
    if not schedule or not change:
        raise validation_error("Schedule and ScalableTargetAction must be specified for new scheduled actions")
    least, most = change.get("MinCapacity"), change.get("MaxCapacity")
    if any(capacity is not None and capacity < 0 for capacity in (least, most)):
        raise validation_error("Minimum and maximum capacity cannot be less than 0")
    if least is not None and most is not None and least > most:
        raise validation_error("Maximum capacity cannot be less than minimum capacity")
    timezone = request.get("Timezone") or (previous.timezone if previous else "UTC")
    if timezone not in available_timezones():
        raise validation_error(f"Invalid timezone: {timezone}")
    start, end = request.get("StartTime"), request.get("EndTime")
    if start and end and end <= start:
        raise validation_error("EndTime must be later than StartTime")
    action = ScheduledAction(key, name, schedule, timezone, start, end, dict(change))
    if previous is not None:
        action.id, action.created_at = previous.id, previous.created_at
        action.start, action.end = start or previous.start, end or previous.end
    return action


def _described(action: ScheduledAction) -> Response:
    described = {
        "ScheduledActionName": action.name,
        "ScheduledActionARN": action.arn,
        "ServiceNamespace": action.key.namespace,
        "Schedule": action.schedule,
        "Timezone": action.timezone,
        "ResourceId": action.key.resource_id,
        "ScalableDimension": action.key.dimension,
        "StartTime": action.start,
        "EndTime": action.end,
        "ScalableTargetAction": action.change,
        "CreationTime": action.created_at,
    }
    return {name: value for name, value in described.items() if value is not None}
