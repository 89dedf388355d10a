"""DescribeScalingActivities."""

from localstack.aws.api import RequestContext

from localstack_engines.services.applicationautoscaling.api.operations import (
    Operations,
    Request,
    Response,
    check_dimension,
    is_asked_for,
)
from localstack_engines.services.applicationautoscaling.api.paging import PAGER
from localstack_engines.services.applicationautoscaling.models import Activity


class ActivityOperations(Operations):
    """Describes the changes of capacity."""

    def describe_scaling_activities(self, context: RequestContext, request: Request) -> Response:
        check_dimension(request)
        activities = self.store.activities_in(context.account_id, context.region)
        found = [activity for activity in activities if is_asked_for(activity.key, request)]
        page, token = PAGER.page(found, request)
        return {"ScalingActivities": [_described(activity) for activity in page], **token}


def _described(activity: Activity) -> Response:
    ended = {"EndTime": activity.ended_at} if activity.ended_at else {}
    return {
        "ActivityId": activity.id,
        "ServiceNamespace": activity.key.namespace,
        "ResourceId": activity.key.resource_id,
        "ScalableDimension": activity.key.dimension,
        "Description": f"Setting desired count to {activity.wanted}.",
        "Cause": activity.cause,
        "StartTime": activity.started_at,
        **ended,
        "StatusCode": activity.status,
        "StatusMessage": activity.message,
    }
