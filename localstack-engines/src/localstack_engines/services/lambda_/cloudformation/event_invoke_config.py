"""AWS::Lambda::EventInvokeConfig, with updates."""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class EventInvokeConfig(Resource):
    TYPE = "AWS::Lambda::EventInvokeConfig"
    # A put without one of these returns it to AWS's default.
    RESET = ("DestinationConfig", "MaximumEventAgeInSeconds", "MaximumRetryAttempts")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        client = self.client(request, "lambda")
        arguments = to_request(client, "PutFunctionEventInvokeConfig", request.desired_state)
        client.put_function_event_invoke_config(**arguments)
        return self.done(request.desired_state)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "lambda").delete_function_event_invoke_config(
            FunctionName=model["FunctionName"], Qualifier=model["Qualifier"]
        )
        return self.done({})
