"""Event source mappings of LocalStack's own pollers, and Lambda's CloudFormation types."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.events import Sink
from lab.functions import ROLE
from lab.stacks import Stack


@pytest.fixture
def sink(aws: Callable[..., Any], unique: str) -> Iterator[Sink]:
    sink = Sink(aws, unique)
    yield sink
    sink.delete()


def mapping(sink: Sink, source: Any, **options: Any) -> dict[str, Any]:
    properties = {"FunctionName": sink.name, "EventSourceArn": source, **options}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": properties}


def test_queues_streams_and_tables_invoke_a_function(
    aws: Callable[..., Any], sink: Sink, stack: Stack, unique: str
) -> None:
    key = {"AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}]}
    table = {
        **key,
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
    }
    start = {"StartingPosition": "TRIM_HORIZON"}
    resources = {
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": unique}},
        "Stream": {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": unique, "ShardCount": 1}},
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": unique, **table}},
        "FromQueue": mapping(sink, {"Fn::GetAtt": ["Queue", "Arn"]}, BatchSize=1),
        "FromStream": mapping(sink, {"Fn::GetAtt": ["Stream", "Arn"]}, **start),
        "FromTable": mapping(sink, {"Fn::GetAtt": ["Table", "StreamArn"]}, **start),
    }
    stack.deploy(resources)
    aws("sqs").send_message(QueueUrl=stack.physical_id("Queue"), MessageBody="from a queue")
    aws("kinesis").put_record(StreamName=unique, Data=b"from a stream", PartitionKey="k")
    aws("dynamodb").put_item(TableName=unique, Item={"id": {"S": "from a table"}})
    records = {event["Records"][0]["eventSource"]: event["Records"][0] for event in sink.read(3)}
    assert records["aws:sqs"]["body"] == "from a queue"
    assert records["aws:kinesis"]["kinesis"]["data"] == "ZnJvbSBhIHN0cmVhbQ=="
    assert records["aws:dynamodb"]["dynamodb"]["NewImage"] == {"id": {"S": "from a table"}}

    resources["FromQueue"] = mapping(sink, {"Fn::GetAtt": ["Queue", "Arn"]}, BatchSize=5, Enabled=False)
    stack.deploy(resources)
    found = aws("lambda").get_event_source_mapping(UUID=stack.physical_id("FromQueue"))
    assert (found["State"], found["BatchSize"]) == ("Disabled", 5)


def test_a_layer_a_version_an_alias_and_a_url_of_a_template_are_deployed_and_updated(
    aws: Callable[..., Any], stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    from lab.archives import zipped

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
