"""Integrations of HTTP APIs with AWS services: a request becomes a call of the service's API."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import pytest

from lab.errors import refused
from lab.gateway import HttpApi
from lab.localstack import ACCOUNT
from lab.waiting import until

ROLE = f"arn:aws:iam::{ACCOUNT}:role/gateway"
MACHINE = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 600, "Next": "Done"}, "Done": {"Type": "Pass", "End": True}},
}
SQS = "{http://queue.amazonaws.com/doc/2012-11-05/}"


@pytest.fixture
def api(aws: Callable[..., Any], endpoint: str) -> Iterator[HttpApi]:
    api = HttpApi(aws("apigatewayv2"), endpoint)
    api.stage(StageVariables={"colour": "green"})
    yield api
    api.delete()


@pytest.fixture
def queue(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> str:
    sqs = aws("sqs")
    url = str(sqs.create_queue(QueueName=unique)["QueueUrl"])
    cleanup(sqs.delete_queue, QueueUrl=url)
    return url


def service(api: HttpApi, subtype: str, parameters: dict[str, str], **options: Any) -> str:
    """Creates an integration with an action of a service and returns its id."""
    arguments = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "1.0", "CredentialsArn": ROLE, **options}
    made = api.client.create_integration(
        ApiId=api.id, IntegrationSubtype=subtype, RequestParameters=parameters, **arguments
    )
    return str(made["IntegrationId"])


def test_messages_are_sent_received_and_deleted(api: HttpApi, aws: Callable[..., Any], queue: str) -> None:
    attributes = {"from": {"DataType": "String", "StringValue": "${request.querystring.from}"}}
    parameters = {
        "QueueUrl": "$request.header.x-queue",
        "MessageBody": "$request.body.order",
        "DelaySeconds": "0",
        "MessageAttributes": json.dumps(attributes),
    }
    api.route("POST /orders", service(api, "SQS-SendMessage", parameters))
    api.route("GET /orders", service(api, "SQS-ReceiveMessage", {"QueueUrl": queue, "WaitTimeSeconds": "5"}))
    receipt = {"QueueUrl": queue, "ReceiptHandle": "$request.body"}
    api.route("DELETE /orders", service(api, "SQS-DeleteMessage", receipt))
    api.route("DELETE /all", service(api, "SQS-PurgeQueue", {"QueueUrl": queue}))

    sent = api.http.post("/orders?from=me", json={"order": {"n": 1}}, headers={"x-queue": queue})
    assert sent.status_code == 200
    message = ElementTree.fromstring(sent.text).findtext(f".//{SQS}MessageId")
    received = ElementTree.fromstring(api.get("/orders").text)
    assert received.findtext(f".//{SQS}MessageId") == message
    assert json.loads(received.findtext(f".//{SQS}Body") or "") == {"n": 1}
    handle = received.findtext(f".//{SQS}ReceiptHandle") or ""
    assert api.http.request("DELETE", "/orders", content=handle).status_code == 200
    sqs = aws("sqs")
    assert left(sqs, queue) == 0
    sqs.send_message(QueueUrl=queue, MessageBody="x")
    assert api.http.delete("/all").status_code == 200
    until("an empty queue", lambda: left(sqs, queue) == 0)


def left(sqs: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(map(int, sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"].values()))


def test_events_are_put(
    api: HttpApi, aws: Callable[..., Any], queue: str, unique: str, cleanup: Callable[..., None]
) -> None:
    events, sqs = aws("events"), aws("sqs")
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=unique, EventPattern=json.dumps({"source": [unique]}))
    cleanup(events.delete_rule, Name=unique)
    events.put_targets(Rule=unique, Targets=[{"Id": "queue", "Arn": arn}])
    cleanup(events.remove_targets, Rule=unique, Ids=["queue"])
    parameters = {
        "Source": unique,
        "DetailType": "${request.path.kind} in ${stageVariables.colour} of $context.stage",
        "Detail": "$request.body",
        "Resources": '["arn:one", "arn:two"]',
        "Time": "2026-01-02T03:04:05Z",
    }
    integration = service(
        api, "EventBridge-PutEvents", parameters, ResponseParameters={"200": {"overwrite:statuscode": "202"}}
    )
    api.route("POST /events/{kind}", integration)
    answer = api.http.post("/events/made", json={"id": 7})
    assert (answer.status_code, answer.json()["FailedEntryCount"]) == (202, 0)
    [message] = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    event = json.loads(message["Body"])
    assert (event["detail"], event["detail-type"]) == ({"id": 7}, "made in green of $default")
    assert (event["resources"], event["time"]) == (["arn:one", "arn:two"], "2026-01-02T03:04:05Z")
    assert event["id"] == answer.json()["Entries"][0]["EventId"]


def test_a_record_is_put_into_a_stream(
    api: HttpApi, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]
) -> None:
    kinesis = aws("kinesis")
    kinesis.create_stream(StreamName=unique, ShardCount=1)
    cleanup(kinesis.delete_stream, StreamName=unique)
    kinesis.get_waiter("stream_exists").wait(StreamName=unique, WaiterConfig={"Delay": 1})
    parameters = {"StreamName": unique, "Data": "$request.body", "PartitionKey": "$request.querystring.key"}
    api.route("POST /records", service(api, "Kinesis-PutRecord", parameters))
    answer = api.http.post("/records?key=one", content="aGVsbG8=")
    assert (answer.status_code, sorted(answer.json())) == (200, ["SequenceNumber", "ShardId"])
    shard = {"StreamName": unique, "ShardId": answer.json()["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = kinesis.get_shard_iterator(**shard)["ShardIterator"]
    [record] = kinesis.get_records(ShardIterator=iterator)["Records"]
    assert (record["Data"], record["PartitionKey"]) == (b"hello", "one")
    assert api.http.post("/records?key=one", content="not base64").status_code == 500


def test_executions_are_started_and_stopped(
    api: HttpApi, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]
) -> None:
    states = aws("stepfunctions")
    machines = {}
    for kind, definition in (
        ("STANDARD", MACHINE),
        ("EXPRESS", {"StartAt": "Done", "States": {"Done": MACHINE["States"]["Done"]}}),  # type: ignore[index]
    ):
        made = states.create_state_machine(
            name=f"{unique}-{kind}", definition=json.dumps(definition), roleArn=ROLE, type=kind
        )
        machines[kind] = made["stateMachineArn"]
        cleanup(states.delete_state_machine, stateMachineArn=made["stateMachineArn"])
    start = {"StateMachineArn": machines["STANDARD"], "Input": "$request.body", "Name": "$request.querystring.name"}
    api.route("POST /long", service(api, "StepFunctions-StartExecution", start))
    stop = {"ExecutionArn": "$request.body.arn", "Cause": "enough"}
    api.route("POST /stop", service(api, "StepFunctions-StopExecution", stop))
    sync = {"StateMachineArn": machines["EXPRESS"], "Input": "$request.body"}
    api.route("POST /short", service(api, "StepFunctions-StartSyncExecution", sync))

    started = api.http.post("/long?name=first", json={"n": 1}).json()
    described = states.describe_execution(executionArn=started["executionArn"])
    assert (described["name"], json.loads(described["input"])) == ("first", {"n": 1})
    assert "stopDate" in api.http.post("/stop", json={"arn": started["executionArn"]}).json()
    assert states.describe_execution(executionArn=started["executionArn"])["status"] == "ABORTED"
    short = api.http.post("/short", json={"n": 2}).json()
    assert (short["status"], json.loads(short["output"])) == ("SUCCEEDED", {"n": 2})


def test_what_a_request_does_not_give_is_a_bad_request(api: HttpApi, queue: str) -> None:
    parameters = {"QueueUrl": queue, "MessageBody": "$request.body.text", "MessageGroupId": "$request.header.group"}
    api.route("POST /m", service(api, "SQS-SendMessage", parameters))
    for body, headers in (({}, {"group": "g"}), ({"text": ""}, {"group": "g"}), ({"text": "x"}, {})):
        answer = api.http.post("/m", json=body, headers=headers)
        assert (answer.status_code, answer.json()) == (400, {"message": "Bad Request"})
    assert api.http.post("/m", content=b"no JSON", headers={"group": "g"}).status_code == 400


def test_what_the_service_refuses_is_an_error(api: HttpApi, queue: str) -> None:
    api.route("POST /none", service(api, "SQS-PurgeQueue", {"QueueUrl": f"{queue}-none"}))
    numbers = {"QueueUrl": queue, "MessageBody": "x", "DelaySeconds": "$request.body"}
    api.route("POST /number", service(api, "SQS-SendMessage", numbers))
    for path, body in (("/none", b""), ("/number", b"soon")):
        answer = api.http.post(path, content=body)
        assert (answer.status_code, answer.json()) == (500, {"message": "Internal Server Error"})


@pytest.mark.parametrize(
    ("subtype", "parameters", "options", "reason"),
    [
        ("SQS-SendMessage", {"QueueUrl": "x"}, {}, "Parameter MessageBody is required"),
        ("SQS-PurgeQueue", {"QueueUrl": "x", "Wrong": "x"}, {}, "Parameter Wrong is not valid"),
        ("SQS-PurgeQueue", {"QueueUrl": "$request.cookie.a"}, {}, r"Invalid mapping expression.*\$request.cookie.a"),
        ("SQS-PurgeQueue", {"QueueUrl": "$request.body..a"}, {}, "Invalid mapping expression"),
        ("SQS-PurgeQueue", {"QueueUrl": "x"}, {"CredentialsArn": ""}, "CredentialsArn is a required parameter"),
        ("SQS-PurgeQueue", {"QueueUrl": "x"}, {"PayloadFormatVersion": "2.0"}, "must be 1.0"),
        ("SQS-PurgeQueue", {"QueueUrl": "x"}, {"IntegrationType": "HTTP_PROXY"}, "AWS_PROXY only"),
        ("SNS-Publish", {}, {}, "Invalid integration subtype SNS-Publish"),
        ("AppConfig-GetConfiguration", {}, {}, "has no AppConfig"),
    ],
)
def test_invalid_integrations_are_refused(
    api: HttpApi, subtype: str, parameters: dict[str, str], options: dict[str, Any], reason: str
) -> None:
    arguments = {"IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "1.0", "CredentialsArn": ROLE, **options}
    refused(
        api.client.create_integration,
        "BadRequestException",
        reason,
        ApiId=api.id,
        IntegrationSubtype=subtype,
        RequestParameters=parameters,
        **arguments,
    )
    assert api.client.get_integrations(ApiId=api.id)["Items"] == []
