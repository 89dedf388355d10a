"""Which token lets whom log in."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from localstack_engines.services.rds.control import token_logins
from localstack_engines.services.rds.control.token_logins import Refused, check
from localstack_engines.toolkit import settings

HOST = settings.endpoint_host()
READER = f"c.cluster-ro.{HOST}"


def instance(account: str = "000000000000", cluster: Any = None) -> Any:
    return SimpleNamespace(key=(account, "us-east-1", "db"), port=5001, resource_id="db-ID", cluster=cluster)


def member() -> Any:
    endpoint = SimpleNamespace(address=f"x.cluster-custom.{HOST}")
    cluster = SimpleNamespace(
        resource_id="cluster-ID",
        relay=SimpleNamespace(port=5002),
        reader_address=READER,
        endpoints={"x": endpoint},
    )
    return instance(cluster=cluster)


def token(endpoint: str, user: str = "app", region: str = "us-east-1", seconds: int = 900, key: str = "test") -> str:
    query = urlencode({"Action": "connect", "DBUser": user})
    request = AWSRequest(method="GET", url=f"https://{endpoint}/?{query}")
    SigV4QueryAuth(Credentials(key, "test"), "rds-db", region, expires=seconds).add_auth(request)
    return str(request.url).removeprefix("https://")


def test_a_token_is_for_an_endpoint_of_the_server() -> None:
    check(instance(), "app", token(f"{HOST}:5001"))
    for endpoint in (f"{HOST}:5001", f"{HOST}:5002", f"{READER}:5002", f"x.cluster-custom.{HOST}:5002"):
        check(member(), "app", token(endpoint))
    for endpoint in (f"{HOST}:5003", "localhost:5001", HOST, f"{READER}:5001"):
        with pytest.raises(Refused, match="endpoint"):
            check(member(), "app", token(endpoint))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (token(f"{HOST}:5001", user="other"), "for the user 'other'"),
        (token(f"{HOST}:5001", region="eu-west-1"), "another region"),
        (token(f"{HOST}:5001", seconds=901), "more than 900 seconds"),
        (token(f"{HOST}:5001", key="111122223333"), "another account"),
        (token(f"{HOST}:5001") + "0", "signature"),
        (f"{HOST}:5001/?Action=connect&DBUser=app", "X-Amz"),
        ("", "X-Amz"),
        ("[", None),
        (f"{HOST}:70000/?x=y", None),
    ],
)
def test_other_tokens_are_refused(wrong: str, message: str | None) -> None:
    with pytest.raises(Refused, match=message):
        check(instance(), "app", wrong)


def test_policies_name_the_instance_or_its_cluster() -> None:
    assert token_logins.resource_id(instance()) == "db-ID"
    assert token_logins.resource_id(member()) == "cluster-ID"
