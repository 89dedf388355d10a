import base64
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack_engines.iam.presigned import InvalidSignature, verify
from localstack_engines.iam.principals import AccessKey, root
from localstack_engines.services.kafka.control.iam_requests import Malformed, scope, url_of_payload, url_of_token

KEY = AccessKey(principal=root("111122223333"), secret="secret")


def signed(host: str) -> str:
    request = AWSRequest("GET", f"https://{host}/", params={"Action": "kafka-cluster:Connect"})
    # A session token has characters that a URL escapes.
    SigV4QueryAuth(Credentials("AKIA", "secret", "a/b+c=="), "kafka-cluster", "us-east-1", expires=900).add_auth(
        request
    )
    return str(request.prepare().url)


def payload(host: str) -> dict[str, str]:
    parts = {name.lower(): value for name, value in parse_qsl(urlsplit(signed(host)).query)}
    return {"version": "2020_10_22", "host": host, "user-agent": "x", **parts}


def token(url: str) -> str:
    return base64.urlsafe_b64encode(url.encode()).rstrip(b"=").decode()


def test_a_token_is_the_url_that_it_holds() -> None:
    url = signed("kafka.us-east-1.amazonaws.com")
    assert url_of_token(token(url), "us-east-1") == url


@pytest.mark.parametrize("text", ["", "%", "€", token("x"), token(signed("example.com")), token("https://[/")])
def test_other_tokens_are_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        url_of_token(text, "us-east-1")


def test_a_payload_becomes_the_url_that_was_signed() -> None:
    url = url_of_payload(payload("broker"), "broker")
    key = AccessKey(principal=KEY.principal, secret="secret", session_token="a/b+c==")
    found = verify(url, service="kafka-cluster", action="kafka-cluster:Connect", find_key=lambda _: key)
    assert found == KEY.principal
    changed = url_of_payload({**payload("broker"), "x-amz-expires": "901"}, "broker")
    with pytest.raises(InvalidSignature, match="signature"):
        verify(changed, service="kafka-cluster", find_key=lambda _: key)


@pytest.mark.parametrize(
    "change", [{"host": "other"}, {"x-amz-signature": None}, {"x-amz-date": 1}, {"host": ["broker"]}]
)
def test_other_payloads_are_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        url_of_payload({**payload("broker"), **change}, "broker")


def test_a_payload_cannot_bring_parameters_of_its_own() -> None:
    sly = {**payload("broker"), "action": "kafka-cluster:Connect&X-Amz-Expires=604800"}
    assert "%26X-Amz-Expires%3D604800" in url_of_payload(sly, "broker")


def test_the_scope_of_a_url() -> None:
    url = (
        "https://h/?X-Amz-Credential=AKIA%2F20260102%2Feu-west-1%2Fkafka-cluster%2Faws4_request"
        "&X-Amz-Date=20260102T030405Z&X-Amz-Expires=900"
    )
    assert scope(url) == ("AKIA", "eu-west-1", datetime(2026, 1, 2, 3, 19, 5, tzinfo=UTC))
