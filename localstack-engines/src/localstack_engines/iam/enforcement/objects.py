"""What requests about several objects of S3 need."""

from collections.abc import Iterable
from urllib.parse import parse_qs, unquote, urlsplit

from localstack_engines.iam.enforcement.actions import action
from localstack_engines.iam.enforcement.arns import Members, Scope
from localstack_engines.iam.enforcement.permission import Permission


def copy(scope: Scope, members: Members) -> Iterable[Permission]:
    """A copy reads its source, of which the name is URL-encoded, and writes its target."""
    source = urlsplit(str(members.get("CopySource") or ""))
    bucket, _, key = unquote(source.path.replace("+", " ")).lstrip("/").partition("/")
    read = {"Bucket": bucket, "Key": key, "VersionId": parse_qs(source.query).get("versionId", [None])[0]}
    return [
        _on_object("GetObject", read),
        Permission(action("s3", "PutObject"), (f"arn:aws:s3:::{members.get('Bucket')}/{members.get('Key')}",)),
    ]


def deletions(scope: Scope, members: Members) -> Iterable[Permission]:
    """Each object needs the permission of its own, which is another one for a version."""
    objects = (members.get("Delete") or {}).get("Objects") or []
    return [_on_object("DeleteObject", {"Bucket": members.get("Bucket"), **one}) for one in objects]


def _on_object(operation: str, members: Members) -> Permission:
    name = f"arn:aws:s3:::{members.get('Bucket')}/{members.get('Key')}"
    return Permission(action("s3", operation, version=bool(members.get("VersionId"))), (name,), about=members)
