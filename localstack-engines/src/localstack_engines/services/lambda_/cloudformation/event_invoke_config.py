"""AWS::Lambda::EventInvokeConfig, with updates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class EventInvokeConfig(Resource):
    TYPE = "AWS::Lambda::EventInvokeConfig"
    RESET = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        """Puts the configuration. The operation replaces one that exists, as an update has to."""
        client, model = self.client(request, "lambda"), request.desired_state
        client.put_function_event_invoke_config(**to_request(client, "PutFunctionEventInvokeConfig", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "lambda"), request.desired_state
        properties = {name: model[name] for name in ("FunctionName", "Qualifier")}
        client.delete_function_event_invoke_config(**to_request(client, "DeleteFunctionEventInvokeConfig", properties))
        return self.done({})
