"""The IAM actions of operations.

Most operations are an action of the same name. Source of the others: the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Mapping

PREFIXES = {
    "apigatewaymanagementapi": "execute-api",
    "apigatewayv2": "apigateway",
    "dynamodbstreams": "dynamodb",
    "efs": "elasticfilesystem",
    "elbv2": "elasticloadbalancing",
    "opensearch": "es",
    "s3control": "s3",
    "sesv2": "ses",
    "stepfunctions": "states",
}
"""Prefixes of actions that are not botocore's name of the service."""

ALWAYS_ALLOWED = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""AWS answers these for everybody, whatever policies say."""

_ACTIONS: Mapping[str, Mapping[str, str]] = {
    "apigatewaymanagementapi": {
        "DeleteConnection": "ManageConnections",
        "GetConnection": "ManageConnections",
        "PostToConnection": "ManageConnections",
    },
    "lambda": {"Invoke": "InvokeFunction", "InvokeAsync": "InvokeFunction"},
    "dynamodb": {"TransactGetItems": "GetItem"},
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
    "sns": {"PublishBatch": "Publish"},
    "s3": {
        "CompleteMultipartUpload": "PutObject",
        "CreateMultipartUpload": "PutObject",
        "DeleteBucketCors": "PutBucketCORS",
        "DeleteBucketEncryption": "PutEncryptionConfiguration",
        "DeleteBucketLifecycle": "PutLifecycleConfiguration",
        "DeleteBucketTagging": "PutBucketTagging",
        "GetBucketCors": "GetBucketCORS",
        "GetBucketEncryption": "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "ListObjectVersions": "ListBucketVersions",
        "ListObjects": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListParts": "ListMultipartUploadParts",
        "PutBucketCors": "PutBucketCORS",
        "PutBucketEncryption": "PutEncryptionConfiguration",
        "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
        "UploadPart": "PutObject",
    },
}
"""By service and operation."""


_VERSIONED = frozenset({"DeleteObject", "GetObject", "GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"})
"""The actions of S3 that have another name when the request names a version."""


def action(service: str, operation: str, *, version: bool = False) -> str:
    """Returns the action that a caller of an operation needs. `service` is botocore's name of the API.

    `version` says whether the request names a version of an object.
    """
    prefix = PREFIXES.get(service, service)
    name = _ACTIONS.get(service, {}).get(operation, operation)
    if service == "s3" and version and name in _VERSIONED:
        name = name.replace("Object", "ObjectVersion")
    return f"{prefix}:{name}"
