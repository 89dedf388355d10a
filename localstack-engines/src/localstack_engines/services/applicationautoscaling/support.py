"""What the local Application Auto Scaling service does with each operation and member. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_REFUSED = {"GetPredictiveScalingForecast": "no load is forecast: use target tracking, steps or a schedule"}
"""Operations whose error gives a reason."""

_TARGET = "ServiceNamespace ResourceId ScalableDimension"
_PAGE = "MaxResults NextToken"

_MEMBERS = {
    "RegisterScalableTargetRequest": Members(
        f"{_TARGET} MinCapacity MaxCapacity SuspendedState", recorded="RoleARN Tags"
    ),
    "SuspendedState": Members("DynamicScalingInSuspended DynamicScalingOutSuspended ScheduledScalingSuspended"),
    "DeregisterScalableTargetRequest": Members(_TARGET),
    "DescribeScalableTargetsRequest": Members(f"ServiceNamespace ResourceIds ScalableDimension {_PAGE}"),
    "PutScalingPolicyRequest": Members(
        f"PolicyName {_TARGET} PolicyType StepScalingPolicyConfiguration TargetTrackingScalingPolicyConfiguration"
    ),
    "StepScalingPolicyConfiguration": Members(
        "AdjustmentType StepAdjustments MinAdjustmentMagnitude Cooldown",
        ignored={
            "MetricAggregationType": "a policy runs at each evaluation of its alarm, with the statistic of the alarm"
        },
    ),
    "StepAdjustment": Members("MetricIntervalLowerBound MetricIntervalUpperBound ScalingAdjustment"),
    "TargetTrackingScalingPolicyConfiguration": Members(
        "TargetValue PredefinedMetricSpecification CustomizedMetricSpecification ScaleOutCooldown ScaleInCooldown "
        "DisableScaleIn"
    ),
    "PredefinedMetricSpecification": Members("PredefinedMetricType ResourceLabel"),
    "CustomizedMetricSpecification": Members("MetricName Namespace Dimensions Statistic Unit"),
    "MetricDimension": Members("Name Value"),
    "DeleteScalingPolicyRequest": Members(f"PolicyName {_TARGET}"),
    "DescribeScalingPoliciesRequest": Members(f"PolicyNames {_TARGET} {_PAGE}"),
    "PutScheduledActionRequest": Members(
        f"ScheduledActionName {_TARGET} Schedule Timezone StartTime EndTime ScalableTargetAction"
    ),
    "ScalableTargetAction": Members("MinCapacity MaxCapacity"),
    "DeleteScheduledActionRequest": Members(f"ScheduledActionName {_TARGET}"),
    "DescribeScheduledActionsRequest": Members(f"ScheduledActionNames {_TARGET} {_PAGE}"),
    "DescribeScalingActivitiesRequest": Members(
        f"{_TARGET} {_PAGE}",
        ignored={"IncludeNotScaledActivities": "an evaluation that changes nothing leaves no activity"},
    ),
    "TagResourceRequest": Members("ResourceARN", recorded="Tags"),
    "UntagResourceRequest": Members("ResourceARN TagKeys"),
    "ListTagsForResourceRequest": Members("ResourceARN"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("ValidationException", _MEMBERS, refused=_REFUSED)
