"""Buckets whose encryption, lifecycle, public access block and other settings are what the template says.

A setting that this type does not know fails the deploy instead of being dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.core_types.s3 import bucket_settings as settings


@dataclass(frozen=True)
class Setting:
    """A property that is an API call of its own: ``put_<call>`` with ``argument``, ``delete_<call>`` or ``off``."""

    call: str
    argument: str
    convert: Callable[[Any], Any] = lambda value: value
    off: Any = None
    delete: str | None = None


SETTINGS = {
    "BucketEncryption": Setting(
        "bucket_encryption", "ServerSideEncryptionConfiguration", settings.encryption, delete="bucket_encryption"
    ),
    "CorsConfiguration": Setting("bucket_cors", "CORSConfiguration", settings.cors, delete="bucket_cors"),
    "LifecycleConfiguration": Setting(
        "bucket_lifecycle_configuration", "LifecycleConfiguration", settings.lifecycle, delete="bucket_lifecycle"
    ),
    "NotificationConfiguration": Setting(
        "bucket_notification_configuration", "NotificationConfiguration", settings.notifications, off={}
    ),
    "OwnershipControls": Setting("bucket_ownership_controls", "OwnershipControls", delete="bucket_ownership_controls"),
    "PublicAccessBlockConfiguration": Setting(
        "public_access_block", "PublicAccessBlockConfiguration", settings.switches, delete="public_access_block"
    ),
    "LoggingConfiguration": Setting("bucket_logging", "BucketLoggingStatus", settings.logging, off={}),
    "Tags": Setting("bucket_tagging", "Tagging", lambda tags: {"TagSet": tags}, delete="bucket_tagging"),
    "VersioningConfiguration": Setting("bucket_versioning", "VersioningConfiguration", off={"Status": "Suspended"}),
    "WebsiteConfiguration": Setting(
        "bucket_website", "WebsiteConfiguration", settings.website, delete="bucket_website"
    ),
}
KNOWN = {"BucketName", "ObjectLockEnabled", "AccessControl", *SETTINGS}


class Bucket(Resource):
    TYPE = "AWS::S3::Bucket"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        s3, model = self.client(request, "s3"), request.desired_state
        self._refuse_unknown(model)
        name = model.setdefault("BucketName", self.default_name(request, length=63).lower())
        if name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            # In us-east-1 S3 answers a second creation with success; CloudFormation does not.
            raise Failed(f"{name} already exists", "AlreadyExists")
        options: dict[str, Any] = {}
        if str(model.get("ObjectLockEnabled")).lower() == "true":
            options["ObjectLockEnabledForBucket"] = True
        if request.region_name != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": request.region_name}
        s3.create_bucket(Bucket=name, **options)
        self.created(request)
        self._apply(s3, model, {})
        model.update(settings.attributes(name))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        s3, model, previous = self.client(request, "s3"), request.desired_state, request.previous_state
        self._refuse_unknown(model)
        model["BucketName"] = previous["BucketName"]
        self._apply(s3, model, previous)
        model.update(settings.attributes(model["BucketName"]))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        # A bucket that holds objects stays, as on AWS.
        self.client(request, "s3").delete_bucket(Bucket=request.desired_state["BucketName"])
        return self.done({})

    def _refuse_unknown(self, model: dict[str, Any]) -> None:
        read_only = settings.attributes("").keys()
        if unknown := sorted(model.keys() - KNOWN - read_only):
            raise Failed(f"The local S3 does not support {', '.join(unknown)} of a bucket")

    @staticmethod
    def _apply(s3: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        for name, setting in SETTINGS.items():
            bucket, value = {"Bucket": model["BucketName"]}, model.get(name)
            if value == previous.get(name):
                continue
            if value:
                getattr(s3, f"put_{setting.call}")(**bucket, **{setting.argument: setting.convert(value)})
            elif setting.delete:
                getattr(s3, f"delete_{setting.delete}")(**bucket)
            else:
                getattr(s3, f"put_{setting.call}")(**bucket, **{setting.argument: setting.off})
