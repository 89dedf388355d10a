"""Calls of AWS services: every parameter is a member of the operation's request, in the form that the API takes."""

import pytest
from botocore.session import Session

from localstack_engines.gateway.service_actions import ACTIONS
from localstack_engines.gateway.subrequests.service_calls import arguments


@pytest.mark.parametrize("subtype", ACTIONS)
def test_parameters_are_members_of_the_request(subtype: str) -> None:
    action = ACTIONS[subtype]
    shape = Session().get_service_model(action.service).operation_model(action.operation).input_shape
    if action.entries:
        shape = shape.members[action.entries].member
    members = {name.lower() for name in shape.members}
    assert {name.lower() for name in (action.required | action.optional) - {"Region"}} <= members
    assert {name.lower() for name in shape.required_members} <= {name.lower() for name in action.required}


def test_values_get_the_form_of_their_members() -> None:
    model = Session().get_service_model("sqs")
    sent = model.operation_model("SendMessage").input_shape
    attributes = {"a": {"DataType": "String", "StringValue": "x"}}
    assert arguments(
        sent,
        {
            "MessageBody": {"n": 1},
            "DelaySeconds": "5",
            "MessageAttributes": '{"a": {"DataType": "String", "StringValue": "x"}}',
        },
    ) == {"MessageBody": '{"n": 1}', "DelaySeconds": 5, "MessageAttributes": attributes}
    received = model.operation_model("ReceiveMessage").input_shape
    assert arguments(received, {"AttributeNames": "All"}) == {"AttributeNames": ["All"]}
    assert arguments(received, {"AttributeNames": '["A", "B"]'}) == {"AttributeNames": ["A", "B"]}
    started = Session().get_service_model("stepfunctions").operation_model("StartExecution").input_shape
    assert arguments(started, {"StateMachineArn": "arn", "Input": "{}"}) == {"stateMachineArn": "arn", "input": "{}"}
    record = Session().get_service_model("kinesis").operation_model("PutRecord").input_shape
    assert arguments(record, {"Data": "aGVsbG8="}) == {"Data": b"hello"}
    for bad in ({"Data": "no base64"}, {"Data": 7}):
        with pytest.raises((TypeError, ValueError)):
            arguments(record, bad)
