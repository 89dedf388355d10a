"""AWS::Scheduler::Schedule, with updates: UpdateSchedule replaces a schedule as a whole.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-scheduler-schedule.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class Schedule(Resource):
    TYPE = "AWS::Scheduler::Schedule"
    DEFAULTS = {"ScheduleExpressionTimezone": "UTC", "State": "ENABLED"}
    RESET = ("Description", "EndDate", "KmsKeyArn", "StartDate")
    FIXED = ("GroupName",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "scheduler"), request.desired_state
        model.setdefault("Name", self.default_name(request))
        made = client.create_schedule(**to_request(client, "CreateSchedule", model, ignore=("Arn",)))
        return self.done({**model, "Arn": made["ScheduleArn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "scheduler"), request.desired_state
        model["Name"] = request.previous_state["Name"]
        made = client.update_schedule(**to_request(client, "UpdateSchedule", model, ignore=("Arn",)))
        return self.done({**model, "Arn": made["ScheduleArn"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "scheduler"), request.desired_state
        identity = {name: model[name] for name in ("GroupName", "Name") if model.get(name)}
        client.delete_schedule(**identity)
        return self.done({})
