"""Bodies of requests, and responses as bytes."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.gateway.model import MAX_BODY_BYTES
from localstack_engines.gateway.subrequests.messages import Refused, Reply, Request, error

TRAILERS = b"5\r\nhello\r\n0\r\nx-sum: 1\r\n\r\n"


def request(stream: io.BytesIO, **headers: str) -> Request:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Request(method="POST", target="/x", headers=fields, stream=stream)


@given(st.lists(st.binary(min_size=1)), st.booleans())
def test_the_chunks_of_a_body_are_joined(chunks: list[bytes], trailers: bool) -> None:
    framed = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks)
    stream = io.BytesIO(framed + b"0\r\n" + b"x-sum: 1\r\nx-other: 2\r\n" * trailers + b"\r\nrest")
    assert request(stream, transfer_encoding="chunked").body() == b"".join(chunks)
    assert stream.read() == b"rest"


def test_a_body_with_a_length_has_this_length() -> None:
    assert request(io.BytesIO(b"hello, world"), content_length="5").body() == b"hello"
    assert request(io.BytesIO(b"")).body() == b""


@pytest.mark.parametrize("length", range(len(TRAILERS)))
def test_a_body_that_breaks_off_is_no_body(length: int) -> None:
    with pytest.raises(ConnectionError):
        request(io.BytesIO(TRAILERS[:length]), transfer_encoding="chunked").body()


def test_a_body_may_have_10_mb_and_no_more() -> None:
    half = MAX_BODY_BYTES // 2
    chunk = b"%x\r\n%b\r\n" % (half, bytes(half))
    assert len(request(io.BytesIO(chunk * 2 + b"0\r\n\r\n"), transfer_encoding="chunked").body()) == MAX_BODY_BYTES
    with pytest.raises(Refused) as refused:
        request(io.BytesIO(chunk * 2 + b"1\r\n"), transfer_encoding="chunked").body()
    assert refused.value.status == 413


def test_a_response_has_a_date_and_does_not_name_its_server() -> None:
    head, _, body = error(404, "Not Found").encode("GET").partition(b"\r\n\r\n")
    assert body == b'{"message":"Not Found"}'
    names = [line.partition(b":")[0] for line in head.splitlines()[1:]]
    assert names == [b"content-type", b"date", b"content-length", b"connection"]


def test_the_length_of_a_response_is_that_of_its_body() -> None:
    given_headers = [("content-length", "9"), ("transfer-encoding", "chunked"), ("date", "now"), ("x", "y")]
    reply = Reply(200, given_headers, b"ab")
    expected = b"HTTP/1.1 200 OK\r\ndate: now\r\nx: y\r\ncontent-length: 2\r\nconnection: close\r\n\r\n"
    assert (reply.encode("GET"), reply.encode("HEAD")) == (expected + b"ab", expected)
    assert b"content-length" not in Reply(204, [], b"ab").encode("GET")


@pytest.mark.parametrize("header", [("x", "a\r\nb: c"), ("x", "a\0")])
def test_a_header_cannot_begin_another_one(header: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="line break"):
        Reply(200, [header]).encode("GET")


@pytest.mark.parametrize("name", ["", "a b", "a:", "x\n", "é", "a(b)"])
def test_the_name_of_a_header_is_a_token(name: str) -> None:
    with pytest.raises(ValueError, match="invalid header name"):
        Reply(200, [(name, "a")]).encode("GET")
