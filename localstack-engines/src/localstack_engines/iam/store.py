"""Reads users, roles and sessions from moto, which keeps the records of IAM and STS."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from localstack.aws.accounts import get_account_id_from_access_key_id
from localstack.services.sts.models import sts_stores
from moto.core.exceptions import RESTError
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from localstack_engines.iam.principals import AccessKey, Principal

_PARTITION = "aws"
_TAGS_REGION = "us-east-1"
"""Where LocalStack keeps the tags of all sessions."""


def find_key(access_key_id: str) -> AccessKey | None:
    """Returns the active key of a user or the key of a role's session, or None."""
    account = get_account_id_from_access_key_id(access_key_id)
    return _session_key(account, access_key_id) or _user_key(account, access_key_id)


def _session_key(account: str, access_key_id: str) -> AccessKey | None:
    # The newest sessions are those in use.
    for session in reversed(sts_backends[account][_PARTITION].assumed_roles):
        if session.access_key_id == access_key_id:
            return AccessKey(
                principal=_session_principal(account, session),
                secret=session.secret_access_key,
                session_token=session.session_token,
                expires_at=session.expiration.replace(tzinfo=UTC),
            )
    return None


def _session_principal(account: str, session: Any) -> Principal:
    backend = iam_backends[account][_PARTITION]
    try:
        role = backend.get_role_by_arn(session.role_arn)
    except RESTError:
        # The role was deleted, or there never was one. Nothing allows its sessions anything.
        role = None
    config = sts_stores[account][_TAGS_REGION].sessions.get(session.access_key_id)
    session_tags = {tag["Key"]: tag["Value"] for tag in config["tags"].values()} if config else {}
    return Principal(
        arn=session.arn,
        account=account,
        user_id=session.user_id,
        role_arn=session.role_arn,
        role_name=session.role_arn.rsplit("/", 1)[-1],
        policies=_policies(role) if role else (),
        boundary=_boundary(backend, role.permissions_boundary_arn) if role else None,
        session_policies=(session.policy,) if session.policy else (),
        tags={**(_tags(role.tags) if role else {}), **session_tags},
    )


def _user_key(account: str, access_key_id: str) -> AccessKey | None:
    backend = iam_backends[account][_PARTITION]
    for user in list(backend.users.values()):
        for key in user.access_keys:
            if key.access_key_id == access_key_id and key.status == "Active":
                return AccessKey(principal=_user_principal(backend, account, user), secret=key.secret_access_key)
    return None


def _user_principal(backend: Any, account: str, user: Any) -> Principal:
    groups = backend.get_groups_for_user(user.name)
    return Principal(
        arn=user.arn,
        account=account,
        user_id=user.id,
        user_name=user.name,
        policies=tuple(policy for one in (user, *groups) for policy in _policies(one)),
        tags=_tags(user.tags),
    )


def _policies(identity: Any) -> tuple[str, ...]:
    """Returns the documents of a role, user or group: inline ones, and the default versions of managed ones."""
    managed = (_default_version(policy) for policy in list(identity.managed_policies.values()))
    return (*identity.policies.values(), *managed)


def _default_version(policy: Any) -> str:
    return str(next(v.document for v in policy.versions if v.version_id == policy.default_version_id))


def _boundary(backend: Any, arn: str | None) -> str | None:
    """Returns the boundary's document. A boundary that was deleted allows nothing."""
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    return _default_version(policy) if policy else "{}"


def _tags(tags: Any) -> dict[str, str]:
    """Returns tags by key. moto has them as a list, or by key, or not at all."""
    listed: Iterable[Any] = tags.values() if isinstance(tags, dict) else tags or ()
    return {tag["Key"]: tag["Value"] for tag in listed}
