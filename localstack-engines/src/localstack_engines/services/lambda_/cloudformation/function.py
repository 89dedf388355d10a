"""AWS::Lambda::Function, with updates that a rollback can undo, and with reserved concurrency.

LocalStack's own type creates and deletes functions well. Its update changes the code first and ends when that fails, so
a rollback could not restore a configuration that works.
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import update_tags

_CONFIGURATION = (
    "DeadLetterConfig",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "ImageConfig",
    "KmsKeyArn",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)


class Function(Resource):
    TYPE = "AWS::Lambda::Function"
    DEFAULTS = {
        "DeadLetterConfig": {"TargetArn": ""},
        "EphemeralStorage": {"Size": 512},
        "FileSystemConfigs": [],
        "ImageConfig": {},
        "KmsKeyArn": "",
        "MemorySize": 128,
        "SnapStart": {"ApplyOn": "None"},
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    }
    RESET = ("Description", "Environment", "Layers", "LoggingConfig", "ReservedConcurrentExecutions", "Tags")
    FIXED = (
        "Architectures",
        "CapacityProviderConfig",
        "CodeSigningConfigArn",
        "DurableConfig",
        "FunctionScalingConfig",
        "PublishToLatestPublished",
        "RecursiveLoop",
        "RuntimeManagementConfig",
    )

    def create(self, request: ResourceRequest) -> ProgressEvent:
        event = _core().create(request)
        if event.status == OperationStatus.SUCCESS:
            self._update_concurrency(request)
        return event

    def update(self, request: ResourceRequest) -> ProgressEvent:
        """Updates the configuration, then the code, and waits for each: Lambda takes one change at a time."""
        client, model, previous = self.client(request, "lambda"), request.desired_state, request.previous_state
        name = model["FunctionName"] = previous["FunctionName"]
        model["Arn"] = previous["Arn"]
        step = request.custom_context.get("step", "configuration")
        if step == "configuration":
            client.update_function_configuration(**_configuration(client, model))
            return self.wait(request, model, step="code")
        state = client.get_function_configuration(FunctionName=name)
        if state["LastUpdateStatus"] == "InProgress":
            return self.wait(request, model)
        # The new configuration may have failed because of the old code, so the code is updated in this case too.
        if step == "code" and (model["Code"] != previous["Code"] or state["LastUpdateStatus"] == "Failed"):
            client.update_function_code(FunctionName=name, **_code(model))
            return self.wait(request, model, step="done")
        if state["LastUpdateStatus"] == "Failed":
            raise Failed(state.get("LastUpdateStatusReason") or state.get("StateReason") or "The update failed")
        self._update_concurrency(request)
        self._update_tags(client, request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        return _core().delete(request)

    def _update_concurrency(self, request: ResourceRequest) -> None:
        client, model = self.client(request, "lambda"), request.desired_state
        if model.get("ReservedConcurrentExecutions") is not None:
            properties = {name: model[name] for name in ("FunctionName", "ReservedConcurrentExecutions")}
            client.put_function_concurrency(**to_request(client, "PutFunctionConcurrency", properties))
        elif (request.previous_state or {}).get("ReservedConcurrentExecutions") is not None:
            client.delete_function_concurrency(FunctionName=model["FunctionName"])

    @staticmethod
    def _update_tags(client: Any, request: ResourceRequest) -> None:
        arn = request.desired_state["Arn"]
        update_tags(
            request.previous_state.get("Tags"),
            request.desired_state.get("Tags"),
            remove=lambda keys: client.untag_resource(Resource=arn, TagKeys=keys),
            put=lambda tags: client.tag_resource(Resource=arn, Tags=tags),
        )


def _core() -> Any:
    """Returns LocalStack's own implementation of the type."""
    from localstack.services.lambda_.resource_providers.aws_lambda_function import LambdaFunctionProvider

    return LambdaFunctionProvider()


def _configuration(client: Any, model: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments for UpdateFunctionConfiguration. They remove what the template no longer has."""
    properties = {
        "FunctionName": model["FunctionName"],
        **{name: model.get(name) for name in _CONFIGURATION},
        "Environment": {"Variables": (model.get("Environment") or {}).get("Variables") or {}},
        "Layers": model.get("Layers") or [],
        "Description": model.get("Description") or "",
        "LoggingConfig": {
            "LogFormat": "Text",
            "LogGroup": f"/aws/lambda/{model['FunctionName']}",
            **(model.get("LoggingConfig") or {}),
        },
    }
    return to_request(client, "UpdateFunctionConfiguration", properties)


def _code(model: dict[str, Any]) -> dict[str, Any]:
    from localstack.services.lambda_.resource_providers.aws_lambda_function import _get_lambda_code_param

    return _get_lambda_code_param(model, _include_arch=True)
