"""AWS::CloudFormation::WaitCondition, which is refused: the URL of a local handle takes no signals.

LocalStack's own type ends at once, so a template would go on before what it waits for is ready.
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import UNSUPPORTED, Failed, Resource


class WaitCondition(Resource):
    TYPE = "AWS::CloudFormation::WaitCondition"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        raise Failed("The local CloudFormation takes no signals, so a wait condition could only time out", UNSUPPORTED)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        return self.done({})
