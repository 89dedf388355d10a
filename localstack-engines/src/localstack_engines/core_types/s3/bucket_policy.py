"""AWS::S3::BucketPolicy, with updates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucketpolicy.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text
from localstack_engines.cloudformation.resource import Resource


class BucketPolicy(Resource):
    TYPE = "AWS::S3::BucketPolicy"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        document = json_text(model["PolicyDocument"])
        self.client(request, "s3").put_bucket_policy(Bucket=model["Bucket"], Policy=document)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "s3").delete_bucket_policy(Bucket=request.desired_state["Bucket"])
        return self.done({})
