"""KMS keys and aliases: policy, rotation, description and tags follow the template, also in an update."""

import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Resource

PENDING_DAYS = 30
"""AWS's default for PendingWindowInDays."""


class Key(Resource):
    TYPE = "AWS::KMS::Key"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        kms, model = self.client(request, "kms"), request.desired_state
        names = ("Description", "KeySpec", "KeyUsage", "Origin", "MultiRegion")
        properties = {name: model[name] for name in names if model.get(name) is not None}
        if "KeyPolicy" in model:
            properties["Policy"] = _document(model["KeyPolicy"])
        metadata = kms.create_key(**properties, Tags=_tags(model))["KeyMetadata"]
        model.update(KeyId=metadata["KeyId"], Arn=metadata["Arn"])
        self._switch(kms, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        kms, model, previous = self.client(request, "kms"), request.desired_state, request.previous_state
        key = model["KeyId"] = previous["KeyId"]
        model["Arn"] = previous["Arn"]
        if model.get("Description") != previous.get("Description"):
            kms.update_key_description(KeyId=key, Description=model.get("Description") or "")
        if model.get("KeyPolicy") != previous.get("KeyPolicy"):
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=_document(model["KeyPolicy"]))
        self._switch(kms, model, previous)
        if gone := {tag["TagKey"] for tag in _tags(previous)} - {tag["TagKey"] for tag in _tags(model)}:
            kms.untag_resource(KeyId=key, TagKeys=sorted(gone))
        if tags := _tags(model):
            kms.tag_resource(KeyId=key, Tags=tags)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        days = int(model.get("PendingWindowInDays") or PENDING_DAYS)
        self.client(request, "kms").schedule_key_deletion(KeyId=model["KeyId"], PendingWindowInDays=days)
        return self.done({})

    @staticmethod
    def _switch(kms: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        """Rotation and the key's state are calls of their own; only a change is made (a key that signs has none)."""
        key = model["KeyId"]
        if _is_true(model, "EnableKeyRotation") != _is_true(previous, "EnableKeyRotation"):
            turn = kms.enable_key_rotation if _is_true(model, "EnableKeyRotation") else kms.disable_key_rotation
            turn(KeyId=key)
        if _is_true(model, "Enabled", True) != _is_true(previous, "Enabled", True):
            (kms.enable_key if _is_true(model, "Enabled", True) else kms.disable_key)(KeyId=key)


class Alias(Resource):
    TYPE = "AWS::KMS::Alias"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "kms").create_alias(AliasName=model["AliasName"], TargetKeyId=model["TargetKeyId"])
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "kms").update_alias(AliasName=model["AliasName"], TargetKeyId=model["TargetKeyId"])
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "kms").delete_alias(AliasName=request.desired_state["AliasName"])
        return self.done({})


def _tags(model: dict[str, Any]) -> list[dict[str, str]]:
    return [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in model.get("Tags") or []]


def _is_true(model: dict[str, Any], name: str, default: bool = False) -> bool:
    return str(model.get(name, default)).lower() == "true"


def _document(policy: Any) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
