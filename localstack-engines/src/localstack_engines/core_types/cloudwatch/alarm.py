"""AWS::CloudWatch::Alarm, with updates: PutMetricAlarm replaces an alarm as a whole.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags


class Alarm(Resource):
    TYPE = "AWS::CloudWatch::Alarm"

    # A request that does not name a member gives it the default.
    RESET = (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluateLowSampleCountPercentile",
        "ExtendedStatistic",
        "InsufficientDataActions",
        "MetricName",
        "Metrics",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Tags",
        "Threshold",
        "ThresholdMetricId",
        "TreatMissingData",
        "Unit",
    )

    def create(self, request: ResourceRequest) -> ProgressEvent:
        cloudwatch, model = self.client(request, "cloudwatch"), request.desired_state
        model.setdefault("AlarmName", self.default_name(request, length=255))
        # PutMetricAlarm would replace an alarm of this name, and a rollback would delete it.
        known = cloudwatch.describe_alarms(
            AlarmNames=[model["AlarmName"]], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
        )
        if known.get("MetricAlarms") or known.get("CompositeAlarms"):
            raise Failed(f"{model['AlarmName']} already exists", "AlreadyExists")
        tags = {"Tags": tag_list(model["Tags"])} if model.get("Tags") else {}
        self._put(cloudwatch, {**model, **tags}, ignore=("Arn",))
        return self.done({**model, "Arn": _arn(request)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        cloudwatch, model, previous = self.client(request, "cloudwatch"), request.desired_state, request.previous_state
        model["AlarmName"] = previous["AlarmName"]
        self._put(cloudwatch, model, ignore=("Arn", "Tags"))
        arn = _arn(request)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=keys),
            put=lambda tags: cloudwatch.tag_resource(ResourceARN=arn, Tags=tag_list(tags)),
        )
        return self.done({**model, "Arn": arn})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "cloudwatch").delete_alarms(AlarmNames=[request.desired_state["AlarmName"]])
        return self.done({})

    @staticmethod
    def _put(cloudwatch: Any, properties: dict[str, Any], ignore: tuple[str, ...]) -> None:
        cloudwatch.put_metric_alarm(**to_request(cloudwatch, "PutMetricAlarm", properties, ignore))


def _arn(request: ResourceRequest) -> str:
    name = request.desired_state["AlarmName"]
    return f"arn:aws:cloudwatch:{request.region_name}:{request.account_id}:alarm:{name}"
