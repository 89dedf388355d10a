"""AWS::EFS::MountTarget.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-mounttarget.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource


class MountTarget(Resource):
    TYPE = "AWS::EFS::MountTarget"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "efs")
        made = client.create_mount_target(**to_request(client, "CreateMountTarget", model, ("Id",)))
        return self.done(model | {"Id": made["MountTargetId"], "IpAddress": made["IpAddress"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        refuse_replacement(previous, model, ("FileSystemId", "SubnetId", "IpAddress"))
        self.client(request, "efs").modify_mount_target_security_groups(
            MountTargetId=previous["Id"], SecurityGroups=model["SecurityGroups"]
        )
        return self.done(model | {"Id": previous["Id"], "IpAddress": previous["IpAddress"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "efs").delete_mount_target(MountTargetId=request.desired_state["Id"])
        return self.done({})
