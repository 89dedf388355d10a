"""AWS::EFS::AccessPoint.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-efs-accesspoint.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags


class AccessPoint(Resource):
    TYPE = "AWS::EFS::AccessPoint"
    RESET = ("AccessPointTags",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "efs")
        model["ClientToken"] = model.get("ClientToken") or self.default_name(request, 64)
        arguments = to_request(client, "CreateAccessPoint", model, ("AccessPointId", "Arn", "AccessPointTags"))
        made = client.create_access_point(**arguments, Tags=tag_list(model.get("AccessPointTags")))
        return self.done(model | {"AccessPointId": made["AccessPointId"], "Arn": made["AccessPointArn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "efs")
        refuse_replacement(previous, model, ("ClientToken", "FileSystemId", "PosixUser", "RootDirectory"))
        name = previous["AccessPointId"]
        update_tags(
            previous.get("AccessPointTags"),
            model.get("AccessPointTags"),
            remove=lambda keys: client.untag_resource(ResourceId=name, TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceId=name, Tags=tag_list(tags)),
        )
        return self.done(model | {key: previous[key] for key in ("AccessPointId", "Arn", "ClientToken")})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "efs").delete_access_point(AccessPointId=request.desired_state["AccessPointId"])
        return self.done({})
