"""The condition keys of a request.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and the pages of the
services in the Service Authorization Reference.
"""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_engines.iam.enforcement import records
from localstack_engines.iam.enforcement.arns import Members, Scope, account_of

Keys = dict[str, str | list[str]]


def keys(service: str, scope: Scope, members: Members, request: Any) -> Keys:
    """Returns the keys of the HTTP request, of its tags and of the service. The evaluation adds the caller's."""
    of_service = _OF_SERVICES.get(service)
    found = {
        **_of_http(request),
        "aws:RequestedRegion": scope.region,
        "aws:ResourceAccount": scope.account,
        **(of_service(scope, members) if of_service else {}),
    }
    given: Keys = {name: value for name, value in found.items() if value not in (None, "", [])}
    return {**given, **_of_tags(members)}


def of_resource(name: str | None) -> Keys:
    """Returns the keys of a resource whose ARN has an account. Others are in the account of the request."""
    account = account_of(name)
    return {"aws:ResourceAccount": account} if account else {}


def _of_http(request: Any) -> Keys:
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return {
        # Clients call LocalStack by http where they call AWS by https. Policies that demand it, as those
        # of the CDK's buckets, have to allow the same clients here.
        "aws:SecureTransport": "true",
        "aws:SourceIp": forwarded or request.remote_addr or "",
        "aws:UserAgent": request.headers.get("User-Agent", ""),
        "aws:Referer": request.headers.get("Referer", ""),
    }


def _of_tags(members: Members) -> Keys:
    """Returns the tags in a request. APIs have them as an object, or as pairs of Key and Value (KMS: TagKey)."""
    tags = next((members[name] for name in ("Tags", "tags", "TagList") if members.get(name)), None)
    if isinstance(tags, list):
        lowered = [
            {str(name).lower().removeprefix("tag"): value for name, value in tag.items()}
            for tag in tags
            if isinstance(tag, Mapping)
        ]
        pairs = [(tag["key"], tag.get("value")) for tag in lowered if "key" in tag]
    else:
        pairs = list(tags.items()) if isinstance(tags, Mapping) else []
    removed = members.get("TagKeys") or members.get("tagKeys") or []
    tag_keys = [str(key) for key in (*(key for key, _ in pairs), *removed)]
    found: Keys = {f"aws:RequestTag/{key}": str(value or "") for key, value in pairs}
    return {**found, "aws:TagKeys": tag_keys} if tag_keys else found


def _of_kms(scope: Scope, members: Members) -> Keys:
    named = records.key_name(members)
    alias = named.rpartition(":")[2]
    encryption_context = members.get("EncryptionContext") or {}
    return {
        "kms:RequestAlias": alias if alias.startswith("alias/") else "",
        "kms:ResourceAliases": records.key_aliases(scope, named) if named else [],
        "kms:CallerAccount": scope.account,
        "kms:EncryptionContextKeys": list(encryption_context),
        **{f"kms:EncryptionContext:{key}": value for key, value in encryption_context.items()},
        **{
            f"kms:{name}": str(members.get(name) or "")
            for name in (
                "EncryptionAlgorithm",
                "KeySpec",
                "KeyUsage",
                "MacAlgorithm",
                "MessageType",
                "SigningAlgorithm",
            )
        },
    }


def _of_secrets(scope: Scope, members: Members) -> Keys:
    named = str(members.get("SecretId") or "")
    tags = records.secret_tags(scope, named) if named else {}
    return {
        "secretsmanager:Name": str(members.get("Name") or ""),
        "secretsmanager:SecretId": named,
        "secretsmanager:VersionId": str(members.get("VersionId") or ""),
        "secretsmanager:VersionStage": str(members.get("VersionStage") or ""),
        **{f"{prefix}:ResourceTag/{key}": value for key, value in tags.items() for prefix in ("aws", "secretsmanager")},
    }


def _of_s3(scope: Scope, members: Members) -> Keys:
    found = {
        "s3:prefix": members.get("Prefix"),
        "s3:delimiter": members.get("Delimiter"),
        "s3:max-keys": members.get("MaxKeys"),
        "s3:VersionId": members.get("VersionId"),
        "s3:x-amz-acl": members.get("ACL"),
        "s3:x-amz-server-side-encryption": members.get("ServerSideEncryption"),
        "s3:x-amz-server-side-encryption-aws-kms-key-id": members.get("SSEKMSKeyId"),
        "s3:x-amz-storage-class": members.get("StorageClass"),
    }
    return {key: str(value) for key, value in found.items() if value is not None}


def _of_ses(scope: Scope, members: Members) -> Keys:
    sender = str(members.get("Source") or members.get("FromEmailAddress") or "")
    destination = members.get("Destination") or {}
    fields = ("ToAddresses", "CcAddresses", "BccAddresses")
    name, bracket, address = sender.rpartition("<")
    return {
        "ses:FromAddress": address.rstrip("> "),
        "ses:FromDisplayName": name.strip(' "') if bracket else "",
        "ses:Recipients": [str(one) for field in fields for one in destination.get(field) or []],
    }


def _of_sns(scope: Scope, members: Members) -> Keys:
    return {"sns:Protocol": str(members.get("Protocol") or ""), "sns:Endpoint": str(members.get("Endpoint") or "")}


def _of_sts(scope: Scope, members: Members) -> Keys:
    names = ("ExternalId", "RoleSessionName", "SourceIdentity", "DurationSeconds")
    keys: Keys = {f"sts:{name}": str(members.get(name) or "") for name in names}
    return {**keys, "sts:TransitiveTagKeys": list(members.get("TransitiveTagKeys") or [])}


_OF_SERVICES: Mapping[str, Callable[[Scope, Members], Keys]] = {
    "kms": _of_kms,
    "s3": _of_s3,
    "secretsmanager": _of_secrets,
    "ses": _of_ses,
    "sesv2": _of_ses,
    "sns": _of_sns,
    "sts": _of_sts,
}
