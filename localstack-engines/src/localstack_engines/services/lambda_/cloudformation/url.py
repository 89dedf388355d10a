"""AWS::Lambda::Url, with updates.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-url.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource

_READ_ONLY = ("FunctionArn", "FunctionUrl", "TargetFunctionArn")


class Url(Resource):
    TYPE = "AWS::Lambda::Url"
    DEFAULTS = {"Cors": {}, "InvokeMode": "BUFFERED"}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "lambda"), request.desired_state
        made = client.create_function_url_config(**_arguments(client, "CreateFunctionUrlConfig", model))
        return self.done({**model, **{name: made[name] for name in ("FunctionArn", "FunctionUrl")}})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model, previous = self.client(request, "lambda"), request.desired_state, request.previous_state
        client.update_function_url_config(**_arguments(client, "UpdateFunctionUrlConfig", model))
        return self.done({**model, **{name: previous[name] for name in ("FunctionArn", "FunctionUrl")}})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "lambda"), request.desired_state
        kept = {name: model[name] for name in ("TargetFunctionArn", "Qualifier") if model.get(name)}
        client.delete_function_url_config(**_arguments(client, "DeleteFunctionUrlConfig", kept))
        return self.done({})


def _arguments(client: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
    properties = {"FunctionName": model["TargetFunctionArn"], **model}
    return to_request(client, operation, properties, ignore=_READ_ONLY)
