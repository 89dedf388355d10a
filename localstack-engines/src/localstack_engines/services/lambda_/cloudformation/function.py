"""AWS::Lambda::Function with updates that can be taken back, and reserved concurrency.

LocalStack's own type makes and removes functions well. Its update changes the code
first and gives up when that fails, so a configuration that does not work could never
be put right again by a rollback.
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

CONFIGURATION = (
    "DeadLetterConfig",
    "Description",
    "Handler",
    "Layers",
    "LoggingConfig",
    "Role",
    "Runtime",
    "TracingConfig",
    "VpcConfig",
)
NUMBERS = ("MemorySize", "Timeout")


class Function(Resource):
    TYPE = "AWS::Lambda::Function"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        event = _core().create(request)
        if event.status == OperationStatus.SUCCESS:
            self._reserve(request)
        return event

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model, previous = self.client(request, "lambda"), request.desired_state, request.previous_state
        name = model["FunctionName"] = previous["FunctionName"]
        model["Arn"] = previous["Arn"]
        step = request.custom_context.get("step", "configuration")
        if step == "configuration":
            client.update_function_configuration(FunctionName=name, **_configuration(model))
            return self.wait(request, model, step="code")
        state = client.get_function_configuration(FunctionName=name)
        if state["LastUpdateStatus"] == "InProgress":
            return self.wait(request, model)
        # A configuration that failed may have done so for the old code's sake: the code decides.
        if step == "code" and (model["Code"] != previous["Code"] or state["LastUpdateStatus"] == "Failed"):
            client.update_function_code(FunctionName=name, **_code(model))
            return self.wait(request, model, step="done")
        if state["LastUpdateStatus"] == "Failed":
            raise Failed(state.get("LastUpdateStatusReason") or state.get("StateReason") or "The update failed")
        self._reserve(request)
        self._retag(client, request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        return _core().delete(request)

    def _reserve(self, request: ResourceRequest) -> None:
        client, model = self.client(request, "lambda"), request.desired_state
        reserved = model.get("ReservedConcurrentExecutions")
        if reserved is not None:
            client.put_function_concurrency(
                FunctionName=model["FunctionName"], ReservedConcurrentExecutions=int(reserved)
            )
        elif (request.previous_state or {}).get("ReservedConcurrentExecutions") is not None:
            client.delete_function_concurrency(FunctionName=model["FunctionName"])

    @staticmethod
    def _retag(client: Any, request: ResourceRequest) -> None:
        model = request.desired_state
        old = {tag["Key"]: tag["Value"] for tag in request.previous_state.get("Tags") or []}
        new = {tag["Key"]: tag["Value"] for tag in model.get("Tags") or []}
        if gone := sorted(old.keys() - new.keys()):
            client.untag_resource(Resource=model["Arn"], TagKeys=gone)
        if new != old and new:
            client.tag_resource(Resource=model["Arn"], Tags=new)


def _core() -> Any:
    from localstack.services.lambda_.resource_providers.aws_lambda_function import LambdaFunctionProvider

    return LambdaFunctionProvider()


def _configuration(model: dict[str, Any]) -> dict[str, Any]:
    variables = (model.get("Environment") or {}).get("Variables") or {}
    return {
        **{name: model[name] for name in CONFIGURATION if model.get(name) is not None},
        **{name: int(model[name]) for name in NUMBERS if model.get(name) is not None},
        # Whatever the template no longer has is gone from the function as well.
        "Environment": {"Variables": {name: str(value) for name, value in variables.items()}},
        "Layers": model.get("Layers") or [],
        "Description": model.get("Description") or "",
    }


def _code(model: dict[str, Any]) -> dict[str, Any]:
    from localstack.services.lambda_.resource_providers.aws_lambda_function import _get_lambda_code_param

    return _get_lambda_code_param(model, _include_arch=True)


RESOURCE_PROVIDERS = {Function.TYPE: Function}
