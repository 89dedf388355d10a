"""Calls to AWS: what is sent, how answers and errors are read, and what is tried again."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from services.common import aws
from services.common.aws import ATTEMPTS, Aws, AwsError

REJECTED = (
    b'<R xmlns="urn:x"><Error><Type>Sender</Type><Code>MessageRejected</Code></Error><RequestId>1</RequestId></R>'
)
SENT = b'<R xmlns="urn:x"><SendEmailResult><MessageId>m-1</MessageId></SendEmailResult></R>'


class Stub:
    """An AWS that gives prepared answers, the last one again and again. `requests` are what it got."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                stub.requests.append((f"{self.command} {self.path}", headers, body))
                status, content = stub.answers.pop(0) if len(stub.answers) > 1 else stub.answers[0]
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Writes nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    made = Stub()
    Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{made.server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setattr("services.common.aws.Backoff.next", lambda _: 0.0)
    aws.credentials.cache_clear()
    yield made
    aws.credentials.cache_clear()
    made.server.shutdown()
    made.server.server_close()


def call(service: str, operation: str, **parameters: Any) -> dict[str, Any]:
    return asyncio.run(Aws("eu-west-1").call(service, operation, **parameters))


def code_of(*arguments: str, **parameters: Any) -> str:
    with pytest.raises(AwsError) as raised:
        call(*arguments, **parameters)
    return raised.value.code


def test_json_carries_bytes_as_base64_in_both_directions(stub: Stub) -> None:
    stub.answers = [(200, json.dumps({"KeyId": "k", "Signature": base64.b64encode(b"\x00\xff").decode()}).encode())]
    assert call("kms", "sign", KeyId="k", Message=b"\xfe") == {"KeyId": "k", "Signature": b"\x00\xff"}
    ((line, headers, body),) = stub.requests
    assert (line, headers["x-amz-target"]) == ("POST /", "TrentService.Sign")
    assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
    assert "/eu-west-1/kms/aws4_request" in headers["authorization"]
    assert json.loads(body) == {"KeyId": "k", "Message": "/g=="}


def test_an_answer_may_be_empty(stub: Stub) -> None:
    stub.answers = [(200, b"")]
    assert call("logs", "create_log_stream", logGroupName="g", logStreamName="s") == {}


def test_the_query_protocol_names_each_leaf(stub: Stub) -> None:
    stub.answers = [(200, SENT)]
    text = {"Subject": {"Data": "ä & ="}}
    answer = call("ses", "send_email", Destination={"ToAddresses": ["a@b.example", "c@d.example"]}, Message=text)
    assert answer["MessageId"] == "m-1"
    form = {name: value for name, (value,) in parse_qs(stub.requests[0][2].decode()).items()}
    assert form == {
        "Action": "SendEmail",
        "Version": "2010-12-01",
        "Destination.ToAddresses.member.1": "a@b.example",
        "Destination.ToAddresses.member.2": "c@d.example",
        "Message.Subject.Data": "ä & =",
    }


def test_the_arn_of_a_cluster_is_one_segment_of_the_path(stub: Stub) -> None:
    stub.answers = [(200, b'{"bootstrapBrokerString": "b:9092"}')]
    answer = call("kafka", "get_bootstrap_brokers", ClusterArn="arn:aws:kafka:x:1:cluster/c/1")
    assert answer == {"bootstrapBrokerString": "b:9092"}
    assert stub.requests[0][0] == "GET /v1/clusters/arn%3Aaws%3Akafka%3Ax%3A1%3Acluster%2Fc%2F1/bootstrap-brokers"


@pytest.mark.parametrize(
    ("service", "operation", "content", "code"),
    [
        ("kms", "sign", b'{"__type": "com.amazonaws.kms#NotFoundException", "message": "no"}', "NotFoundException"),
        ("logs", "put_log_events", b'{"__type": "ResourceNotFoundException"}', "ResourceNotFoundException"),
        ("ses", "send_email", REJECTED, "MessageRejected"),
        ("sns", "publish", b"no answer of AWS", "400"),
        ("sns", "publish", b"<html><p>", "400"),
        ("kms", "sign", b"[]", "400"),
    ],
)
def test_an_error_has_the_code_that_aws_gave_it_and_is_final(
    stub: Stub, service: str, operation: str, content: bytes, code: str
) -> None:
    stub.answers = [(400, content)]
    assert code_of(service, operation) == code
    assert len(stub.requests) == 1


def test_what_may_pass_is_tried_again(stub: Stub) -> None:
    stub.answers = [(500, b""), (400, b'{"__type": "ThrottlingException"}'), (200, b'{"KeyId": "k"}')]
    assert call("kms", "sign", KeyId="k") == {"KeyId": "k"}
    assert len(stub.requests) == 3


def test_it_gives_up_after_some_attempts(stub: Stub) -> None:
    stub.answers = [(503, b"")]
    assert code_of("kms", "sign") == "503"
    assert len(stub.requests) == ATTEMPTS


def test_an_answer_that_cannot_be_read_is_an_error(stub: Stub) -> None:
    stub.answers = [(200, b"{")]
    assert code_of("kms", "sign") == "InvalidAnswer"


def test_a_server_that_is_away_is_an_error_after_all_attempts(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    pauses: list[float] = [0.0] * (ATTEMPTS - 1)
    monkeypatch.setattr("services.common.aws.Backoff.next", lambda _: pauses.pop())
    assert code_of("kms", "sign") == "EndpointConnectionError"
    assert pauses == []


def test_without_credentials_nothing_is_sent(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert code_of("kms", "sign") == "NoCredentialsError"
    assert stub.requests == []
