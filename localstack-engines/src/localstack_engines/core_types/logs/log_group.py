"""AWS::Logs::LogGroup: retention, encryption key and tags follow the template, also in an update.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-loggroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_map, update_tags


class LogGroup(Resource):
    TYPE = "AWS::Logs::LogGroup"
    RESET = ("KmsKeyId", "RetentionInDays", "Tags")
    FIXED = (
        "BearerTokenAuthenticationEnabled",
        "DataProtectionPolicy",
        "DeletionProtectionEnabled",
        "FieldIndexPolicies",
        "LogGroupClass",
        "ResourcePolicyDocument",
    )

    def create(self, request: ResourceRequest) -> ProgressEvent:
        logs, model = self.client(request, "logs"), request.desired_state
        name = model.setdefault("LogGroupName", self.default_name(request, length=512))
        properties = {**model, "Tags": tag_map(model.get("Tags"))}
        logs.create_log_group(**to_request(logs, "CreateLogGroup", properties, ignore=("RetentionInDays",)))
        self.created(request)
        self._put_retention(logs, model)
        # The Arn attribute ends in ":*", which the policies of a log group name too.
        model["Arn"] = f"arn:aws:logs:{request.region_name}:{request.account_id}:log-group:{name}:*"
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        logs, model, previous = self.client(request, "logs"), request.desired_state, request.previous_state
        name = model["LogGroupName"] = previous["LogGroupName"]
        model["Arn"] = previous["Arn"]
        self._put_retention(logs, model)
        if model.get("KmsKeyId") != previous.get("KmsKeyId"):
            if model.get("KmsKeyId"):
                logs.associate_kms_key(logGroupName=name, kmsKeyId=model["KmsKeyId"])
            else:
                logs.disassociate_kms_key(logGroupName=name)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: logs.untag_log_group(logGroupName=name, tags=keys),
            put=lambda tags: logs.tag_log_group(logGroupName=name, tags=tags),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "logs").delete_log_group(logGroupName=request.desired_state["LogGroupName"])
        return self.done({})

    @staticmethod
    def _put_retention(logs: Any, model: dict[str, Any]) -> None:
        retention = {name: model[name] for name in ("LogGroupName", "RetentionInDays") if model.get(name)}
        if "RetentionInDays" in retention:
            logs.put_retention_policy(**to_request(logs, "PutRetentionPolicy", retention))
        else:
            logs.delete_retention_policy(logGroupName=model["LogGroupName"])
