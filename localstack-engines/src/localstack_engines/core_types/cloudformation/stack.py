"""AWS::CloudFormation::Stack: a nested stack, with updates, and with the cause when it fails.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stack.html
"""

from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import tag_list

_ARGUMENTS = ("StackName", "TemplateURL", "TemplateBody", "NotificationARNs", "TimeoutInMinutes")
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
_NO_UPDATE = "No updates are to be performed"


class Stack(Resource):
    TYPE = "AWS::CloudFormation::Stack"
    PHYSICAL_ID = "/properties/StackId"
    TIMEOUT_SECONDS = 3600
    RESET = ("NotificationARNs", "Parameters", "Tags", "TimeoutInMinutes")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "cloudformation")
        if not model.get("StackId"):
            model.setdefault("StackName", self.default_name(request, 128))
            model["StackId"] = client.create_stack(**_arguments(client, "CreateStack", model))["StackId"]
        return self._await(request, model, "created")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        client = self.client(request, "cloudformation")
        if not request.custom_context.get("started"):
            model |= {name: previous[name] for name in ("StackId", "StackName")}
            arguments = _arguments(client, "UpdateStack", {**model, "TimeoutInMinutes": None})
            try:
                client.update_stack(**arguments | {"StackName": model["StackId"]})
            except ClientError as error:
                if _NO_UPDATE not in str(error):
                    raise
        return self._await(request, model, "updated")

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "cloudformation")
        if not model.get("StackId"):
            return self.done({})
        if not request.custom_context.get("started"):
            client.delete_stack(StackName=model["StackId"])
        return self._await(request, model, "deleted")

    def _await(self, request: ResourceRequest, model: dict[str, Any], done: str) -> ProgressEvent:
        """Waits until the stack's operation has ended. Raises Failed, with the cause, when it did not succeed."""
        client = self.client(request, "cloudformation")
        stack = client.describe_stacks(StackName=model["StackId"])["Stacks"][0]
        status = stack["StackStatus"]
        if status.endswith("_IN_PROGRESS"):
            return self.wait(request, model, started=True)
        if status.endswith("_COMPLETE") and "ROLLBACK" not in status:
            outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
            return self.done({**model, "Outputs": outputs})
        raise Failed(
            f"Embedded stack {model['StackId']} was not successfully {done}: {_causes(client, model['StackId'])}"
        )


def _arguments(client: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
    properties = {name: model[name] for name in _ARGUMENTS if model.get(name) is not None}
    parameters = [
        {"ParameterKey": name, "ParameterValue": ",".join(map(str, value)) if isinstance(value, list) else value}
        for name, value in (model.get("Parameters") or {}).items()
    ]
    return to_request(
        client,
        operation,
        {**properties, "Parameters": parameters, "Tags": tag_list(model.get("Tags")), "Capabilities": _CAPABILITIES},
    )


def _causes(client: Any, stack_id: str) -> str:
    """Returns why the latest operation of the stack failed: its reason, and those of the resources that failed."""
    events = client.describe_stack_events(StackName=stack_id)["StackEvents"]
    own = [
        event for event in events if event.get("PhysicalResourceId") == stack_id and event.get("ResourceStatusReason")
    ]
    failed = [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
        and event.get("PhysicalResourceId") != stack_id
        and event.get("ResourceStatusReason")
    ]
    return " ".join([own[0]["ResourceStatusReason"] if own else "", *failed]).strip()
