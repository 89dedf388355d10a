"""The CloudFormation types of S3."""

from localstack_engines.core_types.s3.bucket import Bucket

RESOURCE_PROVIDERS = {Bucket.TYPE: Bucket}
