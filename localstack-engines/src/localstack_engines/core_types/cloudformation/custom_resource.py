"""AWS::CloudFormation::CustomResource and `Custom::` types: a Lambda function or an SNS topic carries out the action.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-requesttypes.html
"""

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import OperationStatus, ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.custom_resources import ANSWER, answer
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.core_types.cloudformation import answers

MAXIMUM_SECONDS = 3600
"""How long a provider may take, and how long it may at most be given (ServiceTimeout)."""

MAXIMUM_BYTES = 4096
"""The size of an answer."""

_PHYSICAL_ID = f"/properties/{ANSWER}/PhysicalResourceId"
_SUBJECT = "AWS CloudFormation custom resource request"


class CustomResource(Resource):
    TYPE = "AWS::CloudFormation::CustomResource"
    TIMEOUT_SECONDS = MAXIMUM_SECONDS + 60
    # Providers define the properties, and read-only is the answer. A change of any property is an update.
    SCHEMA = {"properties": {}, "primaryIdentifier": [_PHYSICAL_ID], "readOnlyProperties": []}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        return self._ask(request, "Create")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        token, present = (state.get("ServiceToken") for state in (request.desired_state, request.previous_state))
        if token != present:
            raise Failed("Modifying service token is not allowed.")
        return self._ask(request, "Update")

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if not answer(request.desired_state):
            return self.done({})  # the provider was never asked to create it
        return self._ask(request, "Delete")

    def _ask(self, request: ResourceRequest, action: str) -> ProgressEvent:
        """Sends the request at the first call. Returns its result when there is an answer, or when time is up."""
        context, model = request.custom_context, request.desired_state
        if "request_id" not in context:
            seconds = _timeout(model)
            # After a creation without an answer, the provider is asked to delete a resource of this name.
            present = answer(request.previous_state) or {"PhysicalResourceId": self.default_name(request, 128)}
            model = {**_properties(model), ANSWER: present}
            request_id = str(uuid.uuid4())
            try:
                self._send(request, _event(request, action, request_id, present["PhysicalResourceId"]))
            except Exception:
                answers.forget(request_id)
                raise
            return self.wait(request, model, request_id=request_id, deadline=time.monotonic() + seconds)
        request_id = context["request_id"]
        body = answers.received(request_id)
        if body is None and time.monotonic() < context["deadline"]:
            return self.wait(request, model)
        answers.forget(request_id)
        try:
            provided = _parsed(body, request_id)
        except Failed as failure:
            return _failed(model, str(failure))
        made = {ANSWER: {"PhysicalResourceId": provided["PhysicalResourceId"], "Data": provided.get("Data") or {}}}
        if provided["Status"] == "SUCCESS":
            return self.done({**model, **made})
        reason = f"Message returned: {provided.get('Reason', '')} (RequestId: {request_id})"
        # A failed update leaves the resource that there was.
        left = {**model, **made} if action == "Create" else model
        return _failed(left, f"Received response status [FAILED] from custom resource. {reason}")

    def _send(self, request: ResourceRequest, event: dict[str, Any]) -> None:
        token, message = str(request.desired_state["ServiceToken"]), json.dumps(event)
        service = (token.split(":") + [""] * 3)[2]
        try:
            if service == "lambda":
                client = self.client(request, "lambda")
                client.invoke(FunctionName=token, InvocationType="Event", Payload=message)
            elif service == "sns":
                self.client(request, "sns").publish(TopicArn=token, Message=message, Subject=_SUBJECT)
            else:
                raise Failed("Invalid service token.")
        except ClientError as error:
            # The error of a missing function must not look like that of a missing resource, which counts as deleted.
            raise Failed(str(error)) from error


def _timeout(model: dict[str, Any]) -> int:
    """Returns the seconds that the provider has. Raises Failed."""
    if not model.get("ServiceToken"):
        raise Failed("Properties validation failed with message:\n#: required key [ServiceToken] not found")
    text = str(model.get("ServiceTimeout", MAXIMUM_SECONDS))
    if not text.isdecimal() or not 1 <= int(text) <= MAXIMUM_SECONDS:
        raise Failed(f"ServiceTimeout must be an integer from 1 to {MAXIMUM_SECONDS}.")
    return int(text)


def _event(request: ResourceRequest, action: str, request_id: str, physical_id: str) -> dict[str, Any]:
    event = {
        "RequestType": action,
        "ServiceToken": request.desired_state["ServiceToken"],
        "ResponseURL": answers.expect(request_id),
        "StackId": request.stack_id,
        "RequestId": request_id,
        "LogicalResourceId": request.logical_resource_id,
        "ResourceType": request.resource_type,
        "ResourceProperties": as_text(_properties(request.desired_state)),
    }
    if action != "Create":
        event["PhysicalResourceId"] = physical_id
    if action == "Update":
        event["OldResourceProperties"] = as_text(_properties(request.previous_state))
    return event


def as_text(value: Any) -> Any:
    """Returns properties as providers get them: every scalar is text, and what has no value is left out."""
    if isinstance(value, dict):
        return {name: as_text(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [as_text(item) for item in value if item is not None]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _properties(model: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in model.items() if name != ANSWER}


def _parsed(body: bytes | None, request_id: str) -> dict[str, Any]:
    """Returns the answer. Raises Failed when there is none, or not a valid one."""
    if body is None:
        raise Failed(
            "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId "
            f"[{request_id}]. If you are using the Python cfn-response module, you may need to update your Lambda "
            "function code so that CloudFormation can attach the updated version."
        )
    if len(body) > MAXIMUM_BYTES:
        raise Failed("Response object is too long.")
    try:
        document = json.loads(body)
    except ValueError:
        raise Failed("Response is not valid JSON") from None
    if not isinstance(document, dict) or document.get("Status") not in ("SUCCESS", "FAILED"):
        raise Failed("Invalid response status")
    identifier = document.get("PhysicalResourceId")
    if not isinstance(identifier, str) or not 0 < len(identifier.encode()) <= 1024:
        raise Failed("Invalid PhysicalResourceId")
    if not isinstance(document.get("Data") or {}, dict):
        raise Failed("Response Data must be an object")
    return document


def _failed(model: dict[str, Any], message: str) -> ProgressEvent:
    return ProgressEvent(OperationStatus.FAILED, model, message=message, error_code="GeneralServiceException")
