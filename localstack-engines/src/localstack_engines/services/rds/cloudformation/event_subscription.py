"""AWS::RDS::EventSubscription.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-eventsubscription.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags


class EventSubscription(Resource):
    TYPE = "AWS::RDS::EventSubscription"
    RESET = ("Enabled", "EventCategories", "SourceIds", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        model.setdefault("SubscriptionName", self.default_name(request, length=255))
        rds.create_event_subscription(**to_request(rds, "CreateEventSubscription", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        name = model["SubscriptionName"] = previous["SubscriptionName"]
        old, new = set(previous.get("SourceIds") or []), set(model.get("SourceIds") or [])
        # The source type can change only while the subscription names no source.
        for source in sorted(old - new):
            rds.remove_source_identifier_from_subscription(SubscriptionName=name, SourceIdentifier=source)
        settings = {"Enabled": True, "EventCategories": [], **model}
        rds.modify_event_subscription(
            **to_request(rds, "ModifyEventSubscription", settings, ignore=("SourceIds", "Tags"))
        )
        for source in sorted(new - old):
            rds.add_source_identifier_to_subscription(SubscriptionName=name, SourceIdentifier=source)
        update_resource_tags(rds, self._arn(rds, name), request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("SubscriptionName"):
            self.client(request, "rds").delete_event_subscription(SubscriptionName=name)
        return self.done({})

    @staticmethod
    def _arn(rds: Any, name: str) -> str:
        found = rds.describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"]
        return str(found[0]["EventSubscriptionArn"])
