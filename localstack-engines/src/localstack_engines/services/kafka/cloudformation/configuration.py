"""AWS::MSK::Configuration.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-configuration.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Resource


class Configuration(Resource):
    TYPE = "AWS::MSK::Configuration"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        made = self.client(request, "kafka").create_configuration(
            Name=model["Name"],
            Description=model.get("Description") or "",
            KafkaVersions=model.get("KafkaVersionsList") or [],
            ServerProperties=model["ServerProperties"].encode(),
        )
        return self.done({**model, "Arn": made["Arn"], "LatestRevision": _revision(made["LatestRevision"])})

    def read(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        found = self.client(request, "kafka").describe_configuration(Arn=model["Arn"])
        return self.done({**model, "LatestRevision": _revision(found["LatestRevision"])})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, before = request.desired_state, request.previous_state
        model["Arn"], model["LatestRevision"] = before["Arn"], before["LatestRevision"]
        changing = ("ServerProperties", "Description")
        if any(model.get(name) != before.get(name) for name in changing):
            made = self.client(request, "kafka").update_configuration(
                Arn=model["Arn"],
                Description=model.get("Description") or "",
                ServerProperties=model["ServerProperties"].encode(),
            )
            model["LatestRevision"] = _revision(made["LatestRevision"])
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if arn := model.get("Arn"):
            self.client(request, "kafka").delete_configuration(Arn=arn)
        return self.done({})


def _revision(found: dict[str, Any]) -> dict[str, str]:
    # GetAtt passes strings on.
    return {"Revision": str(found["Revision"]), "Description": str(found.get("Description") or "")}
