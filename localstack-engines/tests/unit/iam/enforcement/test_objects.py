"""What requests about objects of S3 need."""

import pytest

from localstack_engines.iam.enforcement import objects
from localstack_engines.iam.enforcement.arns import Scope

SCOPE = Scope("000000000000", "eu-central-1")


def needs(permissions):
    return [(one.action, one.names, (one.about or {}).get("Bucket")) for one in permissions]


@pytest.mark.parametrize(
    ("source", "action", "name"),
    [
        ("from/a/b", "s3:GetObject", "from/a/b"),
        ("/from/a%2Fb", "s3:GetObject", "from/a/b"),
        ("from/%73ecret+1", "s3:GetObject", "from/secret 1"),
        ("from/a?versionId=v1", "s3:GetObjectVersion", "from/a"),
        ("from/a%3FversionId=v1", "s3:GetObject", "from/a?versionId=v1"),
        ("", "s3:GetObject", "/"),
    ],
)
def test_a_copy_reads_what_s3_reads_and_asks_the_bucket_of_the_source(source, action, name):
    members = {"Bucket": "to", "Key": "c", "CopySource": source}
    assert needs(objects.copy(SCOPE, members)) == [
        (action, (f"arn:aws:s3:::{name}",), name.partition("/")[0]),
        ("s3:PutObject", ("arn:aws:s3:::to/c",), None),
    ]


@pytest.mark.parametrize(
    ("more", "actions"),
    [
        ({}, []),
        ({"Tagging": "a=b", "ACL": "public-read", "GrantRead": "x"}, ["s3:PutObjectAcl", "s3:PutObjectTagging"]),
        ({"ObjectLockMode": "GOVERNANCE"}, ["s3:PutObjectRetention"]),
    ],
)
def test_who_writes_an_object_needs_a_permission_for_its_tags_and_lists_too(more, actions):
    found = list(objects.write(SCOPE, {"Bucket": "b", "Key": "k", **more}))
    assert [one.action for one in found] == ["s3:PutObject", *actions]
    assert {one.names for one in found} == {("arn:aws:s3:::b/k",)}


def test_the_deletion_of_a_version_is_another_action():
    members = {"Bucket": "b", "Delete": {"Objects": [{"Key": "x"}, {"Key": "y", "VersionId": "v"}]}}
    assert needs(objects.deletions(SCOPE, members)) == [
        ("s3:DeleteObject", ("arn:aws:s3:::b/x",), "b"),
        ("s3:DeleteObjectVersion", ("arn:aws:s3:::b/y",), "b"),
    ]
