"""Secrets of managed master passwords, which moto creates in Secrets Manager."""

import json
import secrets
import string
import uuid
from typing import Any

from localstack.aws.api import RequestContext
from moto.rds.models import MasterUserSecret, rds_backends

_PASSWORD_CHARACTERS = string.ascii_letters + string.digits + "!#$%&()*+-.:;<=>?[]^_{|}~"
_PASSWORD_LENGTH = 28


class ManagedSecret(MasterUserSecret):
    """The secret of a managed master password. It knows its key's ARN: moto would look for it among keys of its own."""

    def __init__(self, resource: Any, key_arn: str, password: str) -> None:
        self._key_arn, self._password = key_arn, password
        super().__init__(resource, key_arn)

    @property
    def kms_key_id(self) -> str:
        return self._key_arn

    def rotate(self, password: str) -> None:
        """Puts a new password into the secret."""
        value = _secret_text(self.resource.master_username, password)
        self.secretsmanager.put_secret_value(self.secret_arn, value, None, str(uuid.uuid4()), ["AWSCURRENT"])

    def _generate_secret_string(self) -> str:
        return _secret_text(self.resource.master_username, self._password)


class DBCluster:
    """What a secret has to know of its cluster. Moto takes the secret's description and tags from the class's name."""

    resource_type = "cluster"

    def __init__(self, context: RequestContext, arn: str, master_username: str) -> None:
        self.backend = rds_backends[context.account_id][context.region]
        self.arn, self.master_username = arn, master_username


def cluster_secret(context: RequestContext, arn: str, username: str, key_arn: str, password: str) -> ManagedSecret:
    """Creates the secret of a cluster's master password."""
    return ManagedSecret(DBCluster(context, arn, username), key_arn, password)


def new_password() -> str:
    return "".join(secrets.choice(_PASSWORD_CHARACTERS) for _ in range(_PASSWORD_LENGTH))


def _secret_text(username: str, password: str) -> str:
    return json.dumps({"username": username, "password": password})
