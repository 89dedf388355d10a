"""Presigned URLs as the signers for MSK and RDS make them."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack_engines.iam.presigned import InvalidSignature, verify
from localstack_engines.iam.principals import AccessKey, Principal

PRINCIPAL = Principal(arn="arn:aws:sts::000000000000:assumed-role/app/task", account="000000000000")
KEY = AccessKey(
    principal=PRINCIPAL,
    secret="a secret",
    session_token="a/token+=",
    expires_at=datetime.now(UTC) + timedelta(hours=1),
)


def find_key(access_key_id):
    return KEY if access_key_id == "LSIAQAAAAAAAEXAMPLE1" else None


def presigned(secret="a secret", token="a/token+=", key="LSIAQAAAAAAAEXAMPLE1", service="kafka-cluster", expires=900):
    request = AWSRequest("GET", "https://kafka.eu-central-1.amazonaws.com/", params={"Action": "kafka-cluster:Connect"})
    SigV4QueryAuth(Credentials(key, secret, token), service, "eu-central-1", expires=expires).add_auth(request)
    return request.url


def check(url, **arguments):
    return verify(url, service="kafka-cluster", action="kafka-cluster:Connect", find_key=find_key, **arguments)


def test_a_url_of_msk_names_who_signed_it():
    assert check(presigned()) is PRINCIPAL


def test_the_signer_for_msk_adds_a_parameter_after_signing():
    assert check(presigned() + "&User-Agent=aws-msk-iam-sasl-signer-python%2F1.0.2") is PRINCIPAL


def test_a_token_of_rds_names_who_signed_it():
    session = boto3.Session("LSIAQAAAAAAAEXAMPLE1", "a secret", "a/token+=", "eu-central-1")
    token = session.client("rds").generate_db_auth_token("db.example.com", 4510, "app user")
    assert verify(token, service="rds-db", action="connect", find_key=find_key) is PRINCIPAL
    with pytest.raises(InvalidSignature, match="does not match"):
        verify(token.replace("app", "root"), service="rds-db", action="connect", find_key=find_key)


def test_the_key_of_a_root_needs_no_record():
    url = presigned(secret="test", token=None, key="000000000000")
    assert verify(url, service="kafka-cluster").is_root


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (presigned(secret="another"), "does not match"),
        (presigned(token="another"), "token included in the request is invalid"),
        (presigned(token=None), "token included in the request is invalid"),
        (presigned(key="LSIAQAAAAAAAEXAMPLE2"), "token included in the request is invalid"),
        (presigned(service="rds-db"), "scope"),
        (presigned(expires=700_000), "X-Amz-Expires"),
        (presigned().replace("Connect", "Alter"), "Action"),
        (presigned().replace("X-Amz-Expires=900", "X-Amz-Expires=9000"), "does not match"),
        (presigned().replace("X-Amz-Expires=900", "X-Amz-Expires=soon"), "required"),
        (presigned() + "&Action=kafka-cluster%3AConnect", "twice"),
        (presigned() + "&more=1", "does not match"),
        ("https://kafka.eu-central-1.amazonaws.com/", "SignedHeaders"),
        ("not a URL", "SignedHeaders"),
        ("https://[/?X-Amz-Algorithm=AWS4-HMAC-SHA256", "malformed"),
    ],
)
def test_a_url_that_proves_nothing_is_refused(url, reason):
    with pytest.raises(InvalidSignature, match=reason):
        check(url)


@pytest.mark.parametrize(("minutes", "reason"), [(16, "has expired"), (-10, "future"), (61, "expired")])
def test_a_url_is_valid_for_its_time_only(minutes, reason):
    with pytest.raises(InvalidSignature, match=reason):
        check(presigned(), now=datetime.now(UTC) + timedelta(minutes=minutes))


def test_a_session_that_is_over_signs_nothing():
    with pytest.raises(InvalidSignature, match="token included in the request is expired"):
        check(presigned(expires=7200), now=datetime.now(UTC) + timedelta(minutes=61))
