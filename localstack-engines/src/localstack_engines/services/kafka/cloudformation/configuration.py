"""AWS::MSK::Configuration.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-configuration.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource

_UPDATABLE = ("ServerProperties", "Description")
_RENAMED = {"KafkaVersionsList": "KafkaVersions"}
"""Properties that the API spells differently."""


class Configuration(Resource):
    TYPE = "AWS::MSK::Configuration"
    RESET = ("Description", "LatestRevision")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        properties = {_RENAMED.get(name, name): value for name, value in model.items()}
        arguments = to_request(kafka, "CreateConfiguration", properties, ignore=("Arn", "LatestRevision"))
        made = kafka.create_configuration(**arguments)
        return self.done({**model, "Arn": made["Arn"], "LatestRevision": _revision(made["LatestRevision"])})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, kafka = request.desired_state, request.previous_state, self.client(request, "kafka")
        model["Arn"], model["LatestRevision"] = previous["Arn"], previous["LatestRevision"]
        if any(model.get(name) != previous.get(name) for name in _UPDATABLE):
            properties = {name: model.get(name) for name in ("Arn", *_UPDATABLE)}
            made = kafka.update_configuration(**to_request(kafka, "UpdateConfiguration", properties))
            model["LatestRevision"] = _revision(made["LatestRevision"])
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if arn := model.get("Arn"):
            self.client(request, "kafka").delete_configuration(Arn=arn)
        return self.done({})


def _revision(found: dict[str, Any]) -> dict[str, str]:
    # GetAtt returns strings.
    return {"Revision": str(found["Revision"]), "Description": str(found.get("Description") or "")}
