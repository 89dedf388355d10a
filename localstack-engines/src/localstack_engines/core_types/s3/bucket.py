"""AWS::S3::Bucket: encryption, lifecycle, public access block and other settings are as the template says.

A property that this type does not know fails the deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import is_true, to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.core_types.s3 import bucket_settings
from localstack_engines.toolkit import settings


@dataclass(frozen=True)
class Setting:
    """A property that has API calls of its own.

    `put` is the operation that sets it, `argument` the operation's member for the value. A removed property is deleted
    by the operation `delete`, or else set to `default`.
    """

    put: str
    argument: str
    convert: Callable[[Any], Any] = lambda value: value
    delete: str | None = None
    default: Any = None


_PUBLIC_ACCESS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
SETTINGS = {
    "BucketEncryption": Setting(
        "PutBucketEncryption",
        "ServerSideEncryptionConfiguration",
        bucket_settings.encryption,
        delete="DeleteBucketEncryption",
    ),
    "CorsConfiguration": Setting("PutBucketCors", "CORSConfiguration", bucket_settings.cors, delete="DeleteBucketCors"),
    "LifecycleConfiguration": Setting(
        "PutBucketLifecycleConfiguration",
        "LifecycleConfiguration",
        bucket_settings.lifecycle,
        delete="DeleteBucketLifecycle",
    ),
    "LoggingConfiguration": Setting("PutBucketLogging", "BucketLoggingStatus", bucket_settings.logging, default={}),
    "NotificationConfiguration": Setting(
        "PutBucketNotificationConfiguration", "NotificationConfiguration", bucket_settings.notifications, default={}
    ),
    "OwnershipControls": Setting(
        "PutBucketOwnershipControls",
        "OwnershipControls",
        default={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    ),
    "PublicAccessBlockConfiguration": Setting(
        "PutPublicAccessBlock", "PublicAccessBlockConfiguration", default=dict.fromkeys(_PUBLIC_ACCESS, True)
    ),
    "Tags": Setting("PutBucketTagging", "Tagging", lambda tags: {"TagSet": tags}, delete="DeleteBucketTagging"),
    "VersioningConfiguration": Setting(
        "PutBucketVersioning", "VersioningConfiguration", default={"Status": "Suspended"}
    ),
    "WebsiteConfiguration": Setting(
        "PutBucketWebsite", "WebsiteConfiguration", bucket_settings.website, delete="DeleteBucketWebsite"
    ),
}
KNOWN = {"BucketName", "ObjectLockEnabled", "AccessControl", *SETTINGS}


class Bucket(Resource):
    TYPE = "AWS::S3::Bucket"
    RESET = tuple(SETTINGS)
    FIXED = ("AccessControl", "ObjectLockEnabled")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        s3, model = self.client(request, "s3"), request.desired_state
        _refuse_unknown(model)
        name = model.setdefault("BucketName", self.default_name(request, length=63).lower())
        if name in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
            # In us-east-1 S3 reports success for a second creation; CloudFormation reports an error.
            raise Failed(f"{name} already exists", "AlreadyExists")
        options: dict[str, Any] = {}
        if is_true(model.get("ObjectLockEnabled")):
            options["ObjectLockEnabledForBucket"] = True
        if request.region_name != "us-east-1":
            options["CreateBucketConfiguration"] = {"LocationConstraint": request.region_name}
        s3.create_bucket(Bucket=name, **options)
        self.created(request)
        _update_settings(s3, model, {})
        return self.done({**model, **_attributes(name)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        s3, model, previous = self.client(request, "s3"), request.desired_state, request.previous_state
        _refuse_unknown(model)
        name = model["BucketName"] = previous["BucketName"]
        _update_settings(s3, model, previous)
        return self.done({**model, **_attributes(name)})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        # As on AWS, a bucket that has objects is not deleted.
        self.client(request, "s3").delete_bucket(Bucket=request.desired_state["BucketName"])
        return self.done({})


def _attributes(bucket: str) -> dict[str, str]:
    """Returns what Fn::GetAtt returns for a bucket."""
    host = f"{bucket}.s3.{settings.endpoint_host()}"
    website = f"http://{bucket}.s3-website.{settings.endpoint_host()}:{settings.edge_port()}"
    return {
        "Arn": f"arn:aws:s3:::{bucket}",
        "DomainName": host,
        "RegionalDomainName": host,
        "DualStackDomainName": host,
        "WebsiteURL": website,
    }


def _refuse_unknown(model: dict[str, Any]) -> None:
    if unknown := sorted(model.keys() - KNOWN - _attributes("").keys()):
        raise Failed(f"The local S3 does not support {', '.join(unknown)} of a bucket")


def _update_settings(s3: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
    for name, setting in SETTINGS.items():
        value = model.get(name)
        if value == previous.get(name):
            continue
        if value:
            _put(s3, model["BucketName"], setting, setting.convert(value))
        elif setting.delete:
            getattr(s3, xform_name(setting.delete))(Bucket=model["BucketName"])
        else:
            _put(s3, model["BucketName"], setting, setting.default)


def _put(s3: Any, bucket: str, setting: Setting, value: Any) -> None:
    arguments = to_request(s3, setting.put, {"Bucket": bucket, setting.argument: value})
    getattr(s3, xform_name(setting.put))(**arguments)
