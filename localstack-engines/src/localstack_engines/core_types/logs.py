"""Log groups with their retention, encryption key and tags."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Resource


class LogGroup(Resource):
    TYPE = "AWS::Logs::LogGroup"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        logs, model = self.client(request, "logs"), request.desired_state
        name = model.setdefault("LogGroupName", self.default_name(request, length=512))
        properties = {"kmsKeyId": model["KmsKeyId"]} if model.get("KmsKeyId") else {}
        logs.create_log_group(logGroupName=name, tags=_tags(model), **properties)
        self.created(request)
        self._retain(logs, model)
        # GetAtt Arn ends in ":*", which is what policies are written against.
        model["Arn"] = f"arn:aws:logs:{request.region_name}:{request.account_id}:log-group:{name}:*"
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        logs, model, previous = self.client(request, "logs"), request.desired_state, request.previous_state
        name = model["LogGroupName"] = previous["LogGroupName"]
        model["Arn"] = previous["Arn"]
        self._retain(logs, model)
        if model.get("KmsKeyId") != previous.get("KmsKeyId"):
            if model.get("KmsKeyId"):
                logs.associate_kms_key(logGroupName=name, kmsKeyId=model["KmsKeyId"])
            else:
                logs.disassociate_kms_key(logGroupName=name)
        if gone := sorted(_tags(previous).keys() - _tags(model).keys()):
            logs.untag_log_group(logGroupName=name, tags=gone)
        if tags := _tags(model):
            logs.tag_log_group(logGroupName=name, tags=tags)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "logs").delete_log_group(logGroupName=request.desired_state["LogGroupName"])
        return self.done({})

    @staticmethod
    def _retain(logs: Any, model: dict[str, Any]) -> None:
        if days := model.get("RetentionInDays"):
            logs.put_retention_policy(logGroupName=model["LogGroupName"], retentionInDays=int(days))
        else:
            logs.delete_retention_policy(logGroupName=model["LogGroupName"])


def _tags(model: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in model.get("Tags") or []}


RESOURCE_PROVIDERS = {LogGroup.TYPE: LogGroup}
