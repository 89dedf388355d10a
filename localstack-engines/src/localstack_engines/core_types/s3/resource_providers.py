"""S3's CloudFormation types."""

from localstack_engines.core_types.s3.bucket import Bucket

RESOURCE_PROVIDERS = {Bucket.TYPE: Bucket}
