"""IAM's tokens for databases: who signs them, and what they are for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from lab.localstack import ENDPOINT, REGION, client

ROOT = Credentials("test", "test")
"""Credentials of the account itself, which may do everything."""


@dataclass(frozen=True)
class Signer:
    """A user of IAM, its credentials, and what changes its policy: `allow(resource)`."""

    name: str
    credentials: Credentials

    def allow(self, resource: str) -> None:
        """Lets the user connect to the database users that an ARN names."""
        statement = {"Effect": "Allow", "Action": "rds-db:connect", "Resource": resource}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        client("iam").put_user_policy(UserName=self.name, PolicyName="connect", PolicyDocument=policy)


@contextmanager
def iam_user(name: str) -> Iterator[Signer]:
    """Makes a user of IAM that may do nothing."""
    iam = client("iam")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    try:
        yield Signer(name, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    finally:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
        for policy in iam.list_user_policies(UserName=name)["PolicyNames"]:
            iam.delete_user_policy(UserName=name, PolicyName=policy)
        iam.delete_user(UserName=name)


def token(found: dict[str, Any], user: str, credentials: Credentials = ROOT) -> str:
    """Returns the token of the SDK for a user of an instance, or of a cluster."""
    rds = boto3.client(
        "rds",
        endpoint_url=ENDPOINT,
        region_name=REGION,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )
    endpoint = found["Endpoint"]
    made = rds.generate_db_auth_token(DBHostname=endpoint["Address"], Port=endpoint["Port"], DBUsername=user)
    return str(made)


def signed(
    found: dict[str, Any], user: str, *, host: str = "", region: str = REGION, seconds: int = 900, **parameters: str
) -> str:
    """Returns a token that the SDK would not make, which the account itself signs."""
    host = host or f"{found['Endpoint']['Address']}:{found['Endpoint']['Port']}"
    query = urlencode({"Action": "connect", "DBUser": user} | parameters)
    request = AWSRequest(method="GET", url=f"https://{host}/?{query}")
    SigV4QueryAuth(ROOT, "rds-db", region, expires=seconds).add_auth(request)
    return str(request.url).removeprefix("https://")
