"""S3's CloudFormation types."""

from localstack_engines.core_types.s3.bucket import Bucket
from localstack_engines.core_types.s3.bucket_policy import BucketPolicy

RESOURCE_PROVIDERS = {Bucket.TYPE: Bucket, BucketPolicy.TYPE: BucketPolicy}
