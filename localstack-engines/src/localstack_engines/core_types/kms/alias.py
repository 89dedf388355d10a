"""AWS::KMS::Alias.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-alias.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class Alias(Resource):
    TYPE = "AWS::KMS::Alias"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        kms, model = self.client(request, "kms"), request.desired_state
        kms.create_alias(**to_request(kms, "CreateAlias", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        kms, model = self.client(request, "kms"), request.desired_state
        # LocalStack keeps the ARN of a key as if it were its id, and does not find the key any more.
        target = str(model["TargetKeyId"]).rpartition("/")[2]
        kms.update_alias(**to_request(kms, "UpdateAlias", {**model, "TargetKeyId": target}))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "kms").delete_alias(AliasName=request.desired_state["AliasName"])
        return self.done({})
