"""Custom resources: what their providers get, and what becomes of their answers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lab.events import EventQueue
from lab.functions import ROLE, create_function
from lab.localstack import ENDPOINT
from lab.stacks import DeployFailed, Stack

# Answers as the property `Answer` says, and sends each event to the queue of the property `Queue`.
PROVIDER = """
import json, urllib.request
import boto3
def handler(event, context):
    properties = event["ResourceProperties"]
    boto3.client("sqs").send_message(QueueUrl=properties["Queue"], MessageBody=json.dumps(event))
    answer = json.loads(properties.get("Answer", "{}"))
    if answer.get("Status") == "NONE":
        return
    body = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    body |= {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId", "first"), **answer}
    if event["RequestType"] == "Delete":
        body["Status"] = "SUCCESS"
    content, headers = json.dumps(body).encode(), {"content-type": ""}
    urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], content, headers, method="PUT"))
def from_topic(event, context):
    handler(json.loads(event["Records"][0]["Sns"]["Message"]), context)
"""


@pytest.fixture(scope="module")
def provider(aws: Callable[..., Any]) -> Iterator[str]:
    """The ARN of a function that provides custom resources."""
    client = aws("lambda")
    name = "custom-resource-provider"
    create_function(client, name, {"app.py": PROVIDER}, Timeout=30, MemorySize=256)
    yield client.get_function_configuration(FunctionName=name)["FunctionArn"]
    client.delete_function(FunctionName=name)


@pytest.fixture
def events(aws: Callable[..., Any], unique: str) -> Iterator[EventQueue]:
    """The queue of the provider's events."""
    events = EventQueue(aws("sqs"), unique)
    yield events
    events.delete()


def custom(token: str, events: EventQueue, answer: Any = None, **properties: Any) -> dict[str, Any]:
    answered = {} if answer is None else {"Answer": json.dumps(answer)}
    return {
        "Type": "Custom::Thing",
        "Properties": {"ServiceToken": token, "Queue": events.url, **answered, **properties},
    }


def parameter(value: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}}


def test_a_custom_resource_is_created_updated_replaced_and_deleted(
    provider: str, events: EventQueue, stack: Stack
) -> None:
    data = {"Data": {"Name": "Zoë", "Some.Value": 7, "List": ["a"]}}
    resource = custom(provider, events, data, Number=1, Flag=True, Nested={"List": [False, 2.5]})
    outputs = {
        "Ref": {"Ref": "Thing"},
        "Name": {"Fn::GetAtt": ["Thing", "Name"]},
        "Dotted": {"Fn::GetAtt": ["Thing", "Some.Value"]},
    }
    assert stack.deploy({"Thing": resource}, outputs) == {"Ref": "first", "Name": "Zoë", "Dotted": "7"}
    (create,) = events.read(1)
    assert create["RequestType"] == "Create"
    assert create["ResourceType"] == "Custom::Thing"
    assert create["LogicalResourceId"] == "Thing"
    assert create["StackId"].startswith("arn:aws:cloudformation:us-east-1:")
    assert "PhysicalResourceId" not in create
    old = create["ResourceProperties"]
    assert (old["Number"], old["Flag"], old["Nested"]) == ("1", "true", {"List": ["false", "2.5"]})

    assert stack.deploy({"Thing": custom(provider, events, data, Number=2)}, outputs)["Ref"] == "first"
    (update,) = events.read(1)
    assert (update["RequestType"], update["PhysicalResourceId"]) == ("Update", "first")
    assert update["ResourceProperties"]["Number"] == "2"
    assert update["OldResourceProperties"] == old

    more = {"Data": {**data["Data"], "New": "n"}, "PhysicalResourceId": "second"}
    resources = {"Thing": custom(provider, events, more, Number=3), "User": parameter({"Fn::GetAtt": ["Thing", "New"]})}
    updated = stack.deploy(resources, {**outputs, "New": {"Fn::GetAtt": ["Thing", "New"]}})
    assert (updated["Ref"], updated["New"]) == ("second", "n")
    listed = stack.client.list_stack_resources(StackName=stack.name)["StackResourceSummaries"]
    assert [item["PhysicalResourceId"] for item in listed if item["LogicalResourceId"] == "Thing"] == ["second"]
    replacing, deleting = events.read(2)
    assert (replacing["RequestType"], replacing["PhysicalResourceId"]) == ("Update", "first")
    assert (deleting["RequestType"], deleting["PhysicalResourceId"]) == ("Delete", "first")
    assert deleting["ResourceProperties"]["Number"] == "2"

    stack.delete()
    (last,) = events.read(1)
    assert (last["RequestType"], last["PhysicalResourceId"]) == ("Delete", "second")


def test_a_failed_creation_is_rolled_back_with_the_reason(provider: str, events: EventQueue, stack: Stack) -> None:
    answer = {"Status": "FAILED", "Reason": "no such registry", "PhysicalResourceId": "half"}
    with pytest.raises(DeployFailed) as failed:
        stack.deploy({"Thing": custom(provider, events, answer)})
    create, delete = events.read(2)
    assert failed.value.status == "ROLLBACK_COMPLETE"
    text = "Received response status [FAILED] from custom resource. Message returned: no such registry"
    assert failed.value.failures[0] == f"Thing: {text} (RequestId: {create['RequestId']})"
    assert (delete["RequestType"], delete["PhysicalResourceId"]) == ("Delete", "half")


def test_a_failed_update_goes_back_to_the_former_properties(provider: str, events: EventQueue, stack: Stack) -> None:
    stack.deploy({"Thing": custom(provider, events, Number=1)})
    with pytest.raises(DeployFailed) as failed:
        stack.deploy({"Thing": custom(provider, events, {"Status": "FAILED", "Reason": "no"}, Number=2)})
    assert failed.value.status == "UPDATE_ROLLBACK_COMPLETE"
    _, update, back = events.read(3)
    assert (update["RequestType"], back["RequestType"]) == ("Update", "Update")
    assert back["ResourceProperties"]["Number"] == back["PhysicalResourceId"].replace("first", "1")
    assert back["OldResourceProperties"]["Number"] == "2"
    assert stack.physical_id("Thing") == "first"


def test_a_provider_that_does_not_answer_ends_after_its_timeout(
    provider: str, events: EventQueue, stack: Stack
) -> None:
    with pytest.raises(DeployFailed) as failed:
        stack.deploy({"Thing": custom(provider, events, {"Status": "NONE"}, ServiceTimeout=2)})
    # Both requests may be on their way at the same time: the second one does not wait for the first one's answer.
    (create,) = [event for event in events.read(2) if event["RequestType"] == "Create"]
    reason = failed.value.failures[0]
    expected = (
        "CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId"
    )
    assert reason.startswith(f"Thing: {expected} [{create['RequestId']}].")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"PhysicalResourceId": ""}, "Invalid PhysicalResourceId"),
        ({"Data": {"Text": "x" * 5000}}, "Response object is too long."),
    ],
)
def test_a_bad_answer_fails_the_stack(
    provider: str, events: EventQueue, stack: Stack, answer: dict[str, Any], reason: str
) -> None:
    bad = custom(provider, events, answer, ServiceTimeout=120)
    with pytest.raises(DeployFailed) as failed:
        stack.deploy({"Thing": bad})
    assert failed.value.failures[0] == f"Thing: {reason}"


def test_an_attribute_that_the_provider_does_not_return_fails_the_stack(
    provider: str, events: EventQueue, stack: Stack
) -> None:
    user = parameter({"Fn::GetAtt": ["Thing", "Queue"]})
    with pytest.raises(DeployFailed) as failed:
        stack.deploy({"Thing": custom(provider, events), "User": user})
    assert "Vendor response doesn't contain Queue attribute in object first" in str(failed.value.failures)


NODE_PROVIDER = """
const response = require('cfn-response');
exports.handler = (event, context) => {
  const value = `${event.ResourceProperties.Value} from Node.js`;
  response.send(event, context, response.SUCCESS, { Value: value }, 'node');
};
"""
PYTHON_PROVIDER = """
import cfnresponse
def handler(event, context):
    cfnresponse.send(event, context, cfnresponse.SUCCESS, {"Value": event["ResourceProperties"]["Value"]}, "python")
"""


def inline(runtime: str, source: str) -> dict[str, Any]:
    code = {"Runtime": runtime, "Handler": "index.handler", "Code": {"ZipFile": source}}
    return {"Type": "AWS::Lambda::Function", "Properties": {**code, "Role": ROLE, "Timeout": 20, "MemorySize": 256}}


def by(function: str, value: Any) -> dict[str, Any]:
    token = {"Fn::GetAtt": [function, "Arn"]}
    return {"Type": "AWS::CloudFormation::CustomResource", "Properties": {"ServiceToken": token, "Value": value}}


def test_inline_functions_answer_with_the_modules_of_aws(stack: Stack) -> None:
    resources = {
        "PythonProvider": inline("python3.12", PYTHON_PROVIDER),
        "NodeProvider": inline("nodejs20.x", NODE_PROVIDER),
        "First": by("PythonProvider", 12),
        "Second": by("NodeProvider", {"Fn::GetAtt": ["First", "Value"]}),
    }
    assert stack.deploy(resources, {"Value": {"Fn::GetAtt": ["Second", "Value"]}}) == {"Value": "12 from Node.js"}
    assert stack.physical_id("Second") == "node"


def test_a_topic_passes_the_request_on(
    aws: Callable[..., Any], provider: str, events: EventQueue, stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    sns = aws("sns")
    topic = sns.create_topic(Name=unique)["TopicArn"]
    cleanup(sns.delete_topic, TopicArn=topic)
    client = aws("lambda")
    create_function(client, unique, {"app.py": PROVIDER}, Handler="app.from_topic", Timeout=30, MemorySize=256)
    cleanup(client.delete_function, FunctionName=unique)
    arn = client.get_function_configuration(FunctionName=unique)["FunctionArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)
    stack.deploy({"Thing": custom(topic, events)})
    assert events.read(1)[0]["ServiceToken"] == topic
    stack.delete()


def test_a_late_answer_is_refused(provider: str, events: EventQueue, stack: Stack) -> None:
    stack.deploy({"Thing": custom(provider, events)})
    (create,) = events.read(1)
    path = create["ResponseURL"].removeprefix("https://localhost")
    assert httpx.put(ENDPOINT + path, content="{}", timeout=60).status_code == 403
