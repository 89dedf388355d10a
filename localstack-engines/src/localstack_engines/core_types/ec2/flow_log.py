"""AWS::EC2::FlowLog: a record that describe calls return. A Docker network has no flow records.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-flowlog.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, tag_specifications, update_resource_tags


class FlowLog(Ec2Resource):
    TYPE = "AWS::EC2::FlowLog"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        properties = {**model, "ResourceIds": [model["ResourceId"]]}
        arguments = to_request(ec2, "CreateFlowLogs", properties, ignore=("ResourceId", "Tags"))
        created = ec2.create_flow_logs(**arguments, TagSpecifications=tag_specifications(request, "vpc-flow-log"))
        if created.get("Unsuccessful"):
            raise Failed(created["Unsuccessful"][0]["Error"]["Message"])
        return self.done({**model, "Id": created["FlowLogIds"][0]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        flow_log = request.previous_state["Id"]
        update_resource_tags(self.ec2(request), flow_log, request)
        return self.done({**request.desired_state, "Id": flow_log})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_flow_logs(FlowLogIds=[request.desired_state["Id"]])
        return self.done({})
