"""Requests for anything but HTTP APIs pass through the edge proxy unchanged."""

import hashlib
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

MEGABYTE = 1024 * 1024


@pytest.fixture
def bucket(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> str:
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    cleanup(s3.delete_object, Bucket=unique, Key="big")
    return unique


def test_large_objects_pass_in_both_directions(aws: Callable[..., Any], bucket: str) -> None:
    content = os.urandom(48 * MEGABYTE)
    s3 = aws("s3")
    s3.put_object(Bucket=bucket, Key="big", Body=content, Metadata={"Mixed-Case": "kept"})
    answer = s3.get_object(Bucket=bucket, Key="big")
    assert hashlib.sha256(answer["Body"].read()).digest() == hashlib.sha256(content).digest()


def test_a_chunked_upload_with_expect_100_continue_passes(endpoint: str, aws: Callable[..., Any], bucket: str) -> None:
    url = aws("s3").generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "big"})
    chunks = [bytes([number]) * MEGABYTE for number in range(5)]
    answer = httpx.put(url, content=iter(chunks), headers={"expect": "100-continue"}, timeout=60)
    assert answer.status_code == 200
    assert aws("s3").get_object(Bucket=bucket, Key="big")["Body"].read() == b"".join(chunks)


def test_a_long_poll_waits(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> None:
    sqs = aws("sqs")
    queue = sqs.create_queue(QueueName=unique)["QueueUrl"]
    cleanup(sqs.delete_queue, QueueUrl=queue)
    threading.Timer(2, lambda: sqs.send_message(QueueUrl=queue, MessageBody="late")).start()
    started = time.monotonic()
    messages = aws("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=15)["Messages"]
    assert messages[0]["Body"] == "late"
    assert 1 < time.monotonic() - started < 12


def test_tls_is_passed_to_localstack(endpoint: str) -> None:
    url = httpx.URL(endpoint)
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with (
        socket.create_connection((url.host, url.port or 80), timeout=30) as plain,
        context.wrap_socket(plain, server_hostname="localhost.localstack.cloud") as secure,
    ):
        secure.sendall(b"GET /_localstack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert secure.recv(64).startswith(b"HTTP/1.1 200")


def test_urls_of_other_apis_reach_localstack(endpoint: str) -> None:
    """An id that belongs to no HTTP API may belong to a REST API, which LocalStack serves."""
    answer = httpx.get(f"{endpoint}/_aws/execute-api/unknown/prod/x")
    assert "apigw-requestid" not in answer.headers


def test_requests_after_a_refused_upgrade_are_answered(endpoint: str) -> None:
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    with httpx.Client(base_url=endpoint, timeout=10) as client:
        for _ in range(5):
            refused = client.get(
                "/_aws/execute-api/unknown1/x", headers={**upgrade, "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="}
            )
            assert refused.status_code == 404
            assert [client.get("/_localstack/health").status_code for _ in range(3)] == [200] * 3
