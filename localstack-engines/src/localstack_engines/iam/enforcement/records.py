"""What LocalStack's own services know of resources: their ARNs, aliases, tags and policies."""

import json
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from localstack.utils.aws.aws_stack import get_valid_regions
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends

from localstack_engines.iam.enforcement.arns import ANY_OF_THESE, Members, Scope, queue_of, topic_of
from localstack_engines.iam.evaluation import ResourcePolicy

_PARTITION = "aws"
_ARN_PARTS = 6
_ACCOUNT = re.compile(r"\d{12}")


def kms_resource(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    """A key is named by its id, its ARN, or an alias. IAM always sees the key's ARN."""
    named = key_name(members)
    if not named:
        return [("*",)]
    key = _key(scope, named)
    return [(key.metadata["Arn"] if key else scope.arn("kms", f"key/{named.rpartition('/')[2]}"),)]


def key_name(members: Members) -> str:
    """Returns how a request names its key, or an empty string. Decrypt may leave it to what KMS encrypted."""
    return str(members.get("KeyId") or members.get("TargetKeyId") or _key_of(members.get("CiphertextBlob")))


def _key_of(ciphertext: Any) -> str:
    from localstack.services.kms.models import deserialize_ciphertext_blob

    if not isinstance(ciphertext, bytes):
        return ""
    try:
        return str(deserialize_ciphertext_blob(ciphertext_blob=ciphertext).key_id)
    except (struct.error, UnicodeDecodeError):
        # KMS of this LocalStack did not encrypt it.
        return ""


def secret_resource(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    """A secret is named by its name, its ARN, or its ARN without the last six characters."""
    named = members.get("SecretId") or members.get("Name")
    if not named:
        return [("*",)]
    secret = _secret(scope, str(named))
    if secret is not None:
        return [(secret.arn,)]
    return [(named if str(named).startswith("arn:") else scope.arn("secretsmanager", f"secret:{named}"),)]


def role_arn(scope: Scope, name: str) -> str:
    """Returns the ARN of a role, which has its path."""
    role = _role(scope.account, name)
    return str(role.arn) if role else f"arn:aws:iam::{scope.account}:role/{name}"


def role_resource(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    backend = iam_backends[scope.account][_PARTITION]
    for member, kind, found in (("UserName", "user", backend.users), ("GroupName", "group", backend.groups)):
        if name := members.get(member):
            # Only the record knows the path.
            return [(found[name].arn if name in found else f"arn:aws:iam::{scope.account}:{kind}/{name}",)]
    if name := members.get("RoleName"):
        return [(role_arn(scope, name),)]
    return [(members["PolicyArn"],) if members.get("PolicyArn") else ("*",)]


def key_aliases(scope: Scope, named: str) -> list[str]:
    """Returns the aliases of a key."""
    key = _key(scope, named)
    if key is None:
        return []
    aliases = _kms(scope).aliases.values()
    found = (a.metadata for a in list(aliases))
    return [a["AliasName"] for a in found if a["TargetKeyId"] == key.metadata["KeyId"]]


def secret_tags(scope: Scope, named: str) -> dict[str, str]:
    secret = _secret(scope, named)
    return {tag["Key"]: tag["Value"] for tag in (secret.tags or [])} if secret else {}


def policy(service: str, scope: Scope, members: Members) -> ResourcePolicy | None:
    """Returns the policy of the resource of a request, or None when it has none."""
    find = _POLICIES.get(service)
    return find(scope, members) if find else None


def _key_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    key = _key(scope, key_name(members))
    if key is None:
        return None
    return ResourcePolicy(document=key.policy, account=key.metadata["AWSAccountId"], alone_decides=True)


def _secret_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    secret = _secret(scope, str(members.get("SecretId") or ""))
    return _policy(secret.policy, secret.arn.split(":")[4]) if secret else None


def _bucket_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    from localstack.services.s3.models import s3_stores

    name = members.get("Bucket") or ""
    store = s3_stores[scope.account][scope.region]
    bucket = s3_stores[store.global_bucket_map.get(name, scope.account)][scope.region].buckets.get(name)
    return _policy(bucket.policy if bucket else None, bucket.bucket_account_id if bucket else scope.account)


def _queue_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    from localstack.services.sqs.models import sqs_stores

    place, name = queue_of(scope, str(members.get("QueueUrl") or ""))
    queue = sqs_stores[place.account][place.region].queues.get(name) if place.region in _regions() else None
    return _policy(queue.attributes.get("Policy") if queue else None, place.account)


def _topic_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    from localstack.services.sns.models import sns_stores

    arn = topic_of(members)
    owner = _owner(arn)
    topic = sns_stores[owner.account][owner.region].topics.get(arn) if owner else None
    return _policy(topic["attributes"].get("Policy"), owner.account) if topic and owner else None


def _trust_policy(scope: Scope, members: Members) -> ResourcePolicy | None:
    arn = str(members.get("RoleArn") or "")
    owner = _owner(arn)
    if owner is None:
        return None
    role = _role(owner.account, arn.rpartition("/")[2])
    document = role.assume_role_policy_document if role else "{}"
    return ResourcePolicy(document=document, account=owner.account, alone_decides=True)


_POLICIES: Mapping[str, Callable[[Scope, Members], ResourcePolicy | None]] = {
    "kms": _key_policy,
    "s3": _bucket_policy,
    "secretsmanager": _secret_policy,
    "sns": _topic_policy,
    "sqs": _queue_policy,
    "sts": _trust_policy,
}


def _policy(document: Any, account: str) -> ResourcePolicy:
    """Returns the policy of a resource. One without a policy allows other accounts nothing."""
    text = document if isinstance(document, str) else json.dumps(document or {})
    return ResourcePolicy(document=text, account=account)


def _owner(arn: str) -> Scope | None:
    """Returns account and region of an ARN, or None for what is no ARN. A global resource is one of us-east-1."""
    parts = arn.split(":")
    if parts[0] != "arn" or len(parts) < _ARN_PARTS or not _ACCOUNT.fullmatch(parts[4]):
        return None
    region = parts[3] or "us-east-1"
    return Scope(parts[4], region) if region in _regions() else None


@cache
def _regions() -> frozenset[str]:
    """Returns the regions for which LocalStack keeps records. It raises ValueError for others."""
    return frozenset(get_valid_regions())


def _kms(scope: Scope) -> Any:
    from localstack.services.kms.models import kms_stores

    return kms_stores[scope.account][scope.region]


def _key(scope: Scope, named: str) -> Any:
    """Returns the record of a key, or None. A key's ARN may name another account."""
    scope = _owner(named) or scope
    store, name = _kms(scope), named.rpartition(":")[2]
    if name.startswith("alias/"):
        alias = store.aliases.get(name)
        name = alias.metadata["TargetKeyId"] if alias else ""
    return store.keys.get(name.removeprefix("key/"))


def _secret(scope: Scope, named: str) -> Any:
    scope = _owner(named) or scope
    secrets = secretsmanager_backends[scope.account][scope.region].secrets
    return next((s for s in list(secrets.values()) if named in (s.name, s.arn, s.arn.rpartition("-")[0])), None)


def _role(account: str, name: str) -> Any:
    roles = iam_backends[account][_PARTITION].roles.values()
    return next((role for role in list(roles) if role.name == name), None)
