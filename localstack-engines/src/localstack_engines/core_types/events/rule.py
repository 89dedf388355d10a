"""AWS::Events::Rule, with updates, with tags, and deleted from its own event bus.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-events-rule.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text, to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags

_DEFAULT_BUS = "default"


class Rule(Resource):
    TYPE = "AWS::Events::Rule"
    RESET = ("Description", "EventPattern", "RoleArn", "ScheduleExpression", "State", "Tags", "Targets")
    FIXED = ("EventBusName",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        events, model = self.client(request, "events"), request.desired_state
        model.setdefault("Name", self.default_name(request))
        self._refuse_existing(events, model)
        tags = {"Tags": tag_list(model["Tags"])} if model.get("Tags") else {}
        self._put(events, model, **tags)
        self.created(request)
        self._put_targets(events, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        events, model, previous = self.client(request, "events"), request.desired_state, request.previous_state
        model["Name"] = previous["Name"]
        self._put(events, model)
        self._put_targets(events, model, previous)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: events.untag_resource(ResourceARN=model["Arn"], TagKeys=keys),
            put=lambda tags: events.tag_resource(ResourceARN=model["Arn"], Tags=tag_list(tags)),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        events, model = self.client(request, "events"), request.desired_state
        bus = _bus(model)
        # The rule may have targets that the template does not name, and a rule with targets cannot be deleted.
        targets = events.list_targets_by_rule(Rule=model["Name"], EventBusName=bus)["Targets"]
        if targets:
            identifiers = [target["Id"] for target in targets]
            events.remove_targets(Rule=model["Name"], EventBusName=bus, Ids=identifiers, Force=True)
        events.delete_rule(Name=model["Name"], EventBusName=bus, Force=True)
        return self.done({})

    @staticmethod
    def _refuse_existing(events: Any, model: dict[str, Any]) -> None:
        """Raises Failed for the name of a rule that exists: PutRule would replace it, and a rollback delete it."""
        try:
            events.describe_rule(Name=model["Name"], EventBusName=_bus(model))
        except events.exceptions.ResourceNotFoundException:
            return
        raise Failed(f"{model['Name']} already exists", "AlreadyExists")

    @staticmethod
    def _put(events: Any, model: dict[str, Any], **more: Any) -> None:
        """Creates or replaces the rule. What the request does not name has its default then."""
        properties = {**model, "EventBusName": _bus(model), "State": model.get("State") or "ENABLED", **more}
        if model.get("EventPattern") is not None:
            properties["EventPattern"] = json_text(model["EventPattern"])
        ignored = ("Arn", "Targets") if more else ("Arn", "Targets", "Tags")
        model["Arn"] = events.put_rule(**to_request(events, "PutRule", properties, ignore=ignored))["RuleArn"]

    @staticmethod
    def _put_targets(events: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        rule = {"Rule": model["Name"], "EventBusName": _bus(model)}
        new = {target["Id"] for target in model.get("Targets") or []}
        if gone := sorted({target["Id"] for target in previous.get("Targets") or []} - new):
            events.remove_targets(**rule, Ids=gone, Force=True)
        if model.get("Targets"):
            answer = events.put_targets(**to_request(events, "PutTargets", {**rule, "Targets": model["Targets"]}))
            if failed := answer["FailedEntries"]:
                raise Failed(f"Target {failed[0]['TargetId']}: {failed[0]['ErrorMessage']}")


def _bus(model: dict[str, Any]) -> str:
    return str(model.get("EventBusName") or _DEFAULT_BUS)
