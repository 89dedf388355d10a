"""AWS::Lambda::Url, with updates."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource

_READ_ONLY = ("FunctionArn", "FunctionUrl")


class Url(Resource):
    TYPE = "AWS::Lambda::Url"
    DEFAULTS = {"Cors": {}, "InvokeMode": "BUFFERED"}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        made = client.create_function_url_config(**_arguments(client, "CreateFunctionUrlConfig", model))
        return self.done({**model, "FunctionArn": made["FunctionArn"], "FunctionUrl": made["FunctionUrl"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        client.update_function_url_config(**_arguments(client, "UpdateFunctionUrlConfig", model))
        return self.done({**model, **{name: request.previous_state[name] for name in _READ_ONLY}})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        qualifier = {"Qualifier": model["Qualifier"]} if model.get("Qualifier") else {}
        self.client(request, "lambda").delete_function_url_config(FunctionName=model["TargetFunctionArn"], **qualifier)
        return self.done({})


def _arguments(client: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
    properties = {**model, "FunctionName": model["TargetFunctionArn"]}
    return to_request(client, operation, properties, ignore=("TargetFunctionArn", *_READ_ONLY))
