"""The secrets that hold the users of SASL/SCRAM.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/msk-password-tutorial.html
"""

import json
import re
from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.services.kafka.models import Cluster

PREFIX = "AmazonMSK_"
_DEFAULT_KEYS = ("", "alias/aws/secretsmanager")
_ARN = re.compile(r"arn:aws:secretsmanager:[a-z0-9-]+:\d{12}:secret:(.+)")


class Unusable(ValueError):
    """A secret cannot be used; the message says why in AWS's words."""


def check(cluster: Cluster, arn: str) -> None:
    """Raises Unusable unless a secret may be associated with the cluster and has a user."""
    found = _ARN.fullmatch(arn)
    if found is None:
        raise Unusable("The provided secret ARN is not valid.")
    if not found[1].startswith(PREFIX):
        raise Unusable(
            f"The provided secret arn cannot be used with Amazon MSK. Secret names must have the prefix '{PREFIX}'."
        )
    try:
        described = _client(cluster).describe_secret(SecretId=arn)
    except ClientError as error:
        raise Unusable("Amazon MSK wasn't able to access the provided secret.") from error
    key = str(described.get("KmsKeyId") or "")
    if key in _DEFAULT_KEYS or key.endswith(":alias/aws/secretsmanager"):
        raise Unusable("The provided secret is encrypted with the default key, which cannot be used with Amazon MSK.")
    user(cluster, arn)


def password(cluster: Cluster, name: str) -> str | None:
    """Returns the password of a user as its secret has it now, or None when no associated secret is the user's."""
    for arn in list(cluster.scram_secrets):
        try:
            found, text = user(cluster, arn)
        except Unusable:
            # The secret was deleted or changed after its association; its user is none until it is mended.
            continue
        if found == name:
            return text
    return None


def user(cluster: Cluster, arn: str) -> tuple[str, str]:
    """Returns the name and the password in a secret. Raises Unusable."""
    try:
        value = json.loads(_client(cluster).get_secret_value(SecretId=arn)["SecretString"])
        name, text = value["username"], value["password"]
    except ClientError as error:
        raise Unusable("Amazon MSK wasn't able to access the provided secret.") from error
    except (ValueError, LookupError, TypeError) as error:
        raise Unusable("The provided secret must be an object with a username and a password.") from error
    if not isinstance(name, str) or not isinstance(text, str) or not name or not text:
        raise Unusable("The provided secret must be an object with a username and a password.")
    return name, text


def _client(cluster: Cluster) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=cluster.account, region_name=cluster.region).secretsmanager
