"""AWS::EFS::FileSystem.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-filesystem.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text, refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags

_ELSEWHERE = ("FileSystemId", "Arn", "FileSystemTags", "LifecyclePolicies", "FileSystemPolicy", "BackupPolicy")
_FIXED = ("AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode", "ThroughputMode")


class FileSystem(Resource):
    TYPE = "AWS::EFS::FileSystem"
    DEFAULTS = {"LifecyclePolicies": []}
    RESET = ("FileSystemTags",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "efs")
        arguments = to_request(client, "CreateFileSystem", model, _ELSEWHERE)
        arguments["Tags"] = tag_list(model.get("FileSystemTags"))
        arguments["Backup"] = (model.get("BackupPolicy") or {}).get("Status") == "ENABLED"
        made = client.create_file_system(CreationToken=self.default_name(request, 64), **arguments)
        model |= {"FileSystemId": made["FileSystemId"], "Arn": made["FileSystemArn"]}
        _settle(client, model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "efs")
        refuse_replacement(previous, model, (*_FIXED, "BackupPolicy", "ProvisionedThroughputInMibps"))
        name = previous["FileSystemId"]
        model |= {"FileSystemId": name, "Arn": previous["Arn"]}
        _settle(client, model)
        update_tags(
            previous.get("FileSystemTags"),
            model.get("FileSystemTags"),
            remove=lambda keys: client.untag_resource(ResourceId=name, TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceId=name, Tags=tag_list(tags)),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "efs").delete_file_system(FileSystemId=request.desired_state["FileSystemId"])
        return self.done({})


def _settle(client: Any, model: dict[str, Any]) -> None:
    name = model["FileSystemId"]
    if "LifecyclePolicies" in model:
        client.put_lifecycle_configuration(FileSystemId=name, LifecyclePolicies=model["LifecyclePolicies"])
    if model.get("FileSystemPolicy"):
        client.put_file_system_policy(FileSystemId=name, Policy=json_text(model["FileSystemPolicy"]))
