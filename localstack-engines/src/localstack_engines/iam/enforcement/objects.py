"""What requests about objects of S3 need that are about several objects, or write more than content.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from collections.abc import Iterable
from urllib.parse import parse_qs, unquote, urlsplit

from localstack_engines.iam.enforcement.actions import action
from localstack_engines.iam.enforcement.arns import Members, Scope
from localstack_engines.iam.enforcement.permission import Permission

_WRITTEN_TOO = {
    "ACL": "PutObjectAcl",
    "GrantFullControl": "PutObjectAcl",
    "GrantRead": "PutObjectAcl",
    "GrantReadACP": "PutObjectAcl",
    "GrantWriteACP": "PutObjectAcl",
    "ObjectLockLegalHoldStatus": "PutObjectLegalHold",
    "ObjectLockMode": "PutObjectRetention",
    "ObjectLockRetainUntilDate": "PutObjectRetention",
    "Tagging": "PutObjectTagging",
}
"""The actions that members of a request which writes an object need besides PutObject."""


def write(scope: Scope, members: Members) -> Iterable[Permission]:
    """Writes an object, and what its members say about its tags, its access control list and its lock."""
    more = (wanted for member, wanted in _WRITTEN_TOO.items() if members.get(member))
    name = f"arn:aws:s3:::{members.get('Bucket')}/{members.get('Key')}"
    return [Permission(action("s3", wanted), (name,)) for wanted in dict.fromkeys(("PutObject", *more))]


def copy(scope: Scope, members: Members) -> Iterable[Permission]:
    """A copy reads its source, of which the name is URL-encoded, and writes its target."""
    source = urlsplit(str(members.get("CopySource") or ""))
    bucket, _, key = unquote(source.path.replace("+", " ")).lstrip("/").partition("/")
    read = {"Bucket": bucket, "Key": key, "VersionId": parse_qs(source.query).get("versionId", [None])[0]}
    return [_on_object("GetObject", read), *write(scope, members)]


def deletions(scope: Scope, members: Members) -> Iterable[Permission]:
    """Each object needs the permission of its own, which is another one for a version."""
    objects = (members.get("Delete") or {}).get("Objects") or []
    return [_on_object("DeleteObject", {"Bucket": members.get("Bucket"), **one}) for one in objects]


def _on_object(operation: str, members: Members) -> Permission:
    name = f"arn:aws:s3:::{members.get('Bucket')}/{members.get('Key')}"
    return Permission(action("s3", operation, version=bool(members.get("VersionId"))), (name,), about=members)
