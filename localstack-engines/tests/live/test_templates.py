"""Applications of the kinds that people bring: each is deployed, called, updated, called again and destroyed."""

import json
from collections.abc import Callable
from typing import Any

from lab.apps import Aws, Make, body, call, items
from lab.ecs import CIDR, IMAGE
from lab.waiting import until


def test_a_rest_api_with_a_queue_and_a_worker(app: Make, aws: Aws) -> None:
    worker = app("sam-rest-worker.yaml")
    out = worker.deploy()
    order = json.dumps({"id": "1", "value": "tea"})
    assert body(call("POST", out["Url"], content=order)) == "accepted"
    until("the order", lambda: items(aws, out["Orders"]) == {"1": "tea"})
    assert body(call("GET", f"{out['Url']}/1")) == "tea"
    assert call("GET", f"{out['Url']}/2").status_code == 404
    call("POST", out["Url"], content="no order")
    (message,) = until("the dead letter", lambda: _messages(aws, out["DeadLetters"]))
    assert message["Body"] == "no order"

    worker.edit("accepted", "queued")
    updated = worker.deploy()
    assert [version.rpartition(":")[2] for version in (out["Version"], updated["Version"])] == ["1", "2"]
    assert body(call("POST", out["Url"], content=order)) == "queued"
    worker.destroy()


def _messages(aws: Aws, queue: str) -> list[dict[str, Any]]:
    return list(aws("sqs").receive_message(QueueUrl=queue).get("Messages", []))


def test_a_function_behind_every_kind_of_event(app: Make, aws: Aws, cleanup: Callable[..., None]) -> None:
    recorder = app("sam-events.yaml")
    out = recorder.deploy()
    aws("s3").put_object(Bucket=out["Bucket"], Key="k", Body=b"x")
    cleanup(aws("s3").delete_object, Bucket=out["Bucket"], Key="k")
    aws("sns").publish(TopicArn=out["Topic"], Message="x")
    aws("dynamodb").put_item(TableName=out["Changes"], Item={"id": {"S": "1"}})
    aws("kinesis").put_record(StreamName=out["Clicks"], Data=b"x", PartitionKey="p")
    aws("stepfunctions").start_execution(stateMachineArn=out["Machine"])
    _put_event(aws, out["Bus"], "shop")
    expected = {"aws:s3", "aws:sns", "aws:dynamodb", "aws:kinesis", "machine", "shop"}
    until("all events", lambda: items(aws, out["Seen"]).keys() == expected, despite=(KeyError,))

    recorder.deploy(Source="store")
    _put_event(aws, out["Bus"], "store")
    until("the event of the new pattern", lambda: "store" in items(aws, out["Seen"]))
    aws("s3").delete_object(Bucket=out["Bucket"], Key="k")
    recorder.destroy()


def _put_event(aws: Aws, bus: str, source: str) -> None:
    entry = {"EventBusName": bus, "Source": source, "DetailType": "t", "Detail": "{}"}
    assert aws("events").put_events(Entries=[entry])["FailedEntryCount"] == 0


def test_a_fargate_service_behind_an_http_api(app: Make) -> None:
    service = app("fargate-cloud-map.yaml")
    out = service.deploy(Image=IMAGE, Cidr=CIDR)
    assert call("GET", out["Url"]).text == "one\n"
    service.deploy(Image=IMAGE, Cidr=CIDR, Text="two")
    until("the new task", lambda: call("GET", out["Url"]).text == "two\n")
    service.destroy()
