"""References to secrets in task definitions, and their values."""

from typing import Any

import pytest

from localstack_engines.services.ecs.control.container_secrets import Reference, SecretUnavailable, parse, pick, resolve

ARN = "arn:aws:secretsmanager:us-east-1:000000000000:secret:pms/auth/admin-AbCdEf"


@pytest.mark.parametrize(
    ("value_from", "expected"),
    [
        (ARN, Reference("secretsmanager", ARN, "us-east-1")),
        (f"{ARN}:username::", Reference("secretsmanager", ARN, "us-east-1", "username")),
        (f"{ARN}::AWSPREVIOUS:", Reference("secretsmanager", ARN, "us-east-1", None, "AWSPREVIOUS")),
        (f"{ARN}:key:AWSCURRENT:v1", Reference("secretsmanager", ARN, "us-east-1", "key", "AWSCURRENT", "v1")),
        ("plain", Reference("ssm", "plain")),
        ("arn:aws:ssm:us-east-1:1:parameter/plain", Reference("ssm", "plain", "us-east-1")),
        ("arn:aws:ssm:us-east-1:1:parameter/a/path", Reference("ssm", "/a/path", "us-east-1")),
    ],
)
def test_references(value_from: str, expected: Reference) -> None:
    assert parse(value_from) == expected


def test_members_of_a_json_secret() -> None:
    text = '{"username": "u", "port": 5432}'
    assert pick(text, parse(f"{ARN}:username::")) == "u"
    assert pick(text, parse(f"{ARN}:port::")) == "5432"
    assert pick(text, parse(ARN)) == text
    with pytest.raises(SecretUnavailable, match="did not contain json key absent"):
        pick(text, parse(f"{ARN}:absent::"))
    with pytest.raises(SecretUnavailable, match="did not contain json key"):
        pick("not json", parse(f"{ARN}:username::"))


class FakeSecretsManager:
    """Has one secret and counts how often it is read."""

    def __init__(self) -> None:
        self.reads = 0

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:
        self.reads += 1
        if SecretId != ARN:
            raise KeyError(SecretId)
        return {"SecretString": '{"username": "u", "password": "p"}'}


def test_a_secret_is_read_once_for_all_its_members() -> None:
    client = FakeSecretsManager()
    wanted = [{"name": n.upper(), "valueFrom": f"{ARN}:{n}::"} for n in ("username", "password")]
    assert resolve(wanted, lambda service, region: client) == {"USERNAME": "u", "PASSWORD": "p"}
    assert client.reads == 1


def test_a_secret_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SecretUnavailable, match="unable to retrieve secret from asm"):
        resolve([{"name": "X", "valueFrom": f"{ARN}Z"}], lambda service, region: FakeSecretsManager())
