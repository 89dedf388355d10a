"""AWS::KMS::Key: policy, rotation, state, description and tags follow the template, also in an update.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import is_true, json_text, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags

_DEFAULT_PENDING_DAYS = 30
_DEFAULT_ROTATION_DAYS = 365
_NOT_IN_CREATE = ("Enabled", "EnableKeyRotation", "KeyPolicy", "PendingWindowInDays", "RotationPeriodInDays")


class Key(Resource):
    TYPE = "AWS::KMS::Key"
    RESET = (
        "BypassPolicyLockoutSafetyCheck",
        "Description",
        "EnableKeyRotation",
        "Enabled",
        "KeyPolicy",
        "PendingWindowInDays",
        "RotationPeriodInDays",
        "Tags",
    )
    FIXED = ("KeySpec", "KeyUsage", "MultiRegion", "Origin")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        kms, model = self.client(request, "kms"), request.desired_state
        properties = {**model, "Tags": _tag_list(model.get("Tags"))}
        if "KeyPolicy" in model:
            properties["Policy"] = json_text(model["KeyPolicy"])
        metadata = kms.create_key(**to_request(kms, "CreateKey", properties, ignore=_NOT_IN_CREATE))["KeyMetadata"]
        model.update(KeyId=metadata["KeyId"], Arn=metadata["Arn"])
        self._update_state(kms, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        kms, model, previous = self.client(request, "kms"), request.desired_state, request.previous_state
        key = model["KeyId"] = previous["KeyId"]
        model["Arn"] = previous["Arn"]
        if _is_enabled(model) and not _is_enabled(previous):
            kms.enable_key(KeyId=key)  # first, because a disabled key takes no other change
        if model.get("Description") != previous.get("Description"):
            kms.update_key_description(KeyId=key, Description=model.get("Description") or "")
        if model.get("KeyPolicy") != previous.get("KeyPolicy"):
            policy = model.get("KeyPolicy") or _default_policy(request.account_id)
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json_text(policy))
        self._update_state(kms, model, previous)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: kms.untag_resource(KeyId=key, TagKeys=keys),
            put=lambda tags: kms.tag_resource(KeyId=key, Tags=_tag_list(tags)),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        kms, model = self.client(request, "kms"), request.desired_state
        properties = {
            "KeyId": model["KeyId"],
            "PendingWindowInDays": model.get("PendingWindowInDays") or _DEFAULT_PENDING_DAYS,
        }
        kms.schedule_key_deletion(**to_request(kms, "ScheduleKeyDeletion", properties))
        return self.done({})

    @staticmethod
    def _update_state(kms: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        """Makes the rotation that of the template, and disables the key if the template says so.

        Only changes are sent: KMS refuses calls about the rotation of keys that cannot rotate, such as signing keys.
        """
        key = {"KeyId": model["KeyId"]}
        rotates, rotated = is_true(model.get("EnableKeyRotation")), is_true(previous.get("EnableKeyRotation"))
        if rotates and (not rotated or _rotation_days(model) != _rotation_days(previous)):
            properties = {**key, "RotationPeriodInDays": _rotation_days(model)}
            kms.enable_key_rotation(**to_request(kms, "EnableKeyRotation", properties))
        elif rotated and not rotates:
            kms.disable_key_rotation(**key)
        if _is_enabled(previous) and not _is_enabled(model):
            kms.disable_key(**key)


def _default_policy(account_id: str) -> dict[str, Any]:
    """Returns the policy of a key that is created without one.

    https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    """
    statement = {
        "Sid": "Enable IAM User Permissions",
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    return {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}


def _is_enabled(model: dict[str, Any]) -> bool:
    return is_true(model.get("Enabled", True))


def _rotation_days(model: dict[str, Any]) -> int:
    return int(model.get("RotationPeriodInDays") or _DEFAULT_ROTATION_DAYS)


def _tag_list(tags: Any) -> list[dict[str, str]]:
    return tag_list(tags, key="TagKey", value="TagValue")
