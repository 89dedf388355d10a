"""Lambda's CloudFormation types."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.archives import zipped
from lab.events import Sink
from lab.functions import ROLE
from lab.stacks import Stack


@pytest.fixture
def sink(aws: Callable[..., Any], unique: str) -> Iterator[Sink]:
    sink = Sink(aws, unique)
    yield sink
    sink.delete()


def test_a_queue_invokes_a_function_and_its_mapping_is_updated(
    aws: Callable[..., Any], sink: Sink, stack: Stack, unique: str
) -> None:
    def resources(**options: Any) -> dict[str, Any]:
        source = {"FunctionName": sink.name, "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]}}
        return {
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": unique}},
            "Mapping": {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {**source, **options}},
        }

    stack.deploy(resources(BatchSize=1))
    aws("sqs").send_message(QueueUrl=stack.physical_id("Queue"), MessageBody="from a queue")
    (event,) = sink.read(1)
    assert (event["Records"][0]["eventSource"], event["Records"][0]["body"]) == ("aws:sqs", "from a queue")

    stack.deploy(resources(BatchSize=5, Enabled=False, Tags=[{"Key": "team", "Value": "a"}]))
    found = aws("lambda").get_event_source_mapping(UUID=stack.physical_id("Mapping"))
    assert (found["State"], found["BatchSize"]) == ("Disabled", 5)
    assert aws("lambda").list_tags(Resource=found["EventSourceMappingArn"])["Tags"] == {"team": "a"}

    stack.delete()
    assert aws("lambda").list_event_source_mappings(FunctionName=sink.name)["EventSourceMappings"] == []


def test_a_layer_a_version_an_alias_and_a_url_of_a_template_are_deployed_and_updated(
    aws: Callable[..., Any], stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    s3.put_object(Bucket=unique, Key="layer.zip", Body=zipped({"python/colour.py": "NAME = 'red'"}))
    cleanup(s3.delete_bucket, Bucket=unique)
    cleanup(s3.delete_object, Bucket=unique, Key="layer.zip")

    def resources(version: str, description: str, retries: int) -> dict[str, Any]:
        code = "import colour\ndef handler(event, context):\n return colour.NAME"
        function = {"Runtime": "python3.11", "Handler": "index.handler", "Role": ROLE, "Code": {"ZipFile": code}}
        name, alias = {"Ref": "Function"}, {"FunctionName": {"Ref": "Function"}, "Qualifier": "live"}
        return {
            "Layer": {
                "Type": "AWS::Lambda::LayerVersion",
                "Properties": {"LayerName": unique, "Content": {"S3Bucket": unique, "S3Key": "layer.zip"}},
            },
            "Shared": {
                "Type": "AWS::Lambda::LayerVersionPermission",
                "Properties": {
                    "Action": "lambda:GetLayerVersion",
                    "LayerVersionArn": {"Ref": "Layer"},
                    "Principal": "*",
                },
            },
            "Function": {
                "Type": "AWS::Lambda::Function",
                "Properties": {**function, "Layers": [{"Ref": "Layer"}], "Timeout": 20, "Description": description},
            },
            version: {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": name}},
            "Alias": {
                "Type": "AWS::Lambda::Alias",
                "Properties": {
                    "FunctionName": name,
                    "Name": "live",
                    "FunctionVersion": {"Fn::GetAtt": [version, "Version"]},
                },
            },
            "Invoke": {
                "Type": "AWS::Lambda::EventInvokeConfig",
                "DependsOn": "Alias",
                "Properties": {**alias, "MaximumRetryAttempts": retries},
            },
            "Url": {
                "Type": "AWS::Lambda::Url",
                "DependsOn": "Alias",
                "Properties": {"TargetFunctionArn": name, "Qualifier": "live", "AuthType": "NONE"},
            },
            "Permission": {
                "Type": "AWS::Lambda::Permission",
                "Properties": {
                    "Action": "lambda:InvokeFunction",
                    "FunctionName": name,
                    "Principal": "s3.amazonaws.com",
                },
            },
        }

    client = aws("lambda")
    outputs = {"Alias": {"Ref": "Alias"}, "Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}}
    first = stack.deploy(resources("First", "one", 0), outputs)
    assert json.loads(client.invoke(FunctionName=first["Alias"])["Payload"].read()) == "red"
    policy = json.loads(client.get_policy(FunctionName=stack.physical_id("Function"))["Policy"])
    assert policy["Statement"][0]["Principal"] == {"Service": "s3.amazonaws.com"}

    second = stack.deploy(resources("Second", "two", 1), outputs)
    assert second == first
    name = stack.physical_id("Function")
    assert client.get_alias(FunctionName=name, Name="live")["FunctionVersion"] == "2"
    config = client.get_function_event_invoke_config(FunctionName=name, Qualifier="live")
    assert config["MaximumRetryAttempts"] == 1
    assert json.loads(client.invoke(FunctionName=first["Alias"])["Payload"].read()) == "red"
