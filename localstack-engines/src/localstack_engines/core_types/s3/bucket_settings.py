"""CloudFormation's spelling of a bucket's settings as S3's API spells them."""

from typing import Any

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.toolkit import settings as plugin

NOTIFICATION_KINDS = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "LambdaFunctionArn", "Function"),
    "QueueConfigurations": ("QueueConfigurations", "QueueArn", "Queue"),
    "TopicConfigurations": ("TopicConfigurations", "TopicArn", "Topic"),
}
LIFECYCLE_RULE = {
    "Id", "Status", "Prefix", "ExpirationInDays", "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays",
    "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker",
}  # fmt: skip


def attributes(bucket: str) -> dict[str, str]:
    """What Fn::GetAtt knows about a bucket."""
    host = f"{bucket}.s3.{plugin.endpoint_host()}"
    website = f"http://{bucket}.s3-website.{plugin.endpoint_host()}:{plugin.edge_port()}"
    return {
        "Arn": f"arn:aws:s3:::{bucket}",
        "DomainName": host,
        "RegionalDomainName": host,
        "DualStackDomainName": host,
        "WebsiteURL": website,
    }


def switches(value: dict[str, Any]) -> dict[str, bool]:
    return {name: str(on).lower() == "true" for name, on in value.items()}


def encryption(value: dict[str, Any]) -> dict[str, Any]:
    rules = []
    for rule in value["ServerSideEncryptionConfiguration"]:
        converted = {}
        if default := rule.get("ServerSideEncryptionByDefault"):
            converted["ApplyServerSideEncryptionByDefault"] = default
        if "BucketKeyEnabled" in rule:
            converted["BucketKeyEnabled"] = str(rule["BucketKeyEnabled"]).lower() == "true"
        rules.append(converted)
    return {"Rules": rules}


def cors(value: dict[str, Any]) -> dict[str, Any]:
    names = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds", "Id": "ID"}
    return {
        "CORSRules": [
            {names.get(name, name): int(item) if name == "MaxAge" else item for name, item in rule.items()}
            for rule in value["CorsRules"]
        ]
    }


def lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    return {"Rules": [_lifecycle_rule(rule) for rule in value["Rules"]]}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(rule.keys() - LIFECYCLE_RULE):
        raise Failed(f"The local S3 does not support {', '.join(unknown)} of a lifecycle rule")
    converted: dict[str, Any] = {"Status": rule["Status"], "Filter": {"Prefix": rule.get("Prefix") or ""}}
    if "Id" in rule:
        converted["ID"] = rule["Id"]
    if "ExpirationInDays" in rule:
        converted["Expiration"] = {"Days": int(rule["ExpirationInDays"])}
    if "ExpiredObjectDeleteMarker" in rule:
        converted["Expiration"] = {
            "ExpiredObjectDeleteMarker": str(rule["ExpiredObjectDeleteMarker"]).lower() == "true"
        }
    days = rule.get("NoncurrentVersionExpirationInDays")
    if noncurrent := rule.get("NoncurrentVersionExpiration") or (days and {"NoncurrentDays": days}):
        converted["NoncurrentVersionExpiration"] = {name: int(item) for name, item in noncurrent.items()}
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        converted["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": int(abort["DaysAfterInitiation"])}
    return converted


def notifications(value: dict[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    for kind, (name, argument, target) in NOTIFICATION_KINDS.items():
        for item in value.get(kind) or []:
            entry: dict[str, Any] = {argument: item[target], "Events": [item["Event"]]}
            if rules := item.get("Filter", {}).get("S3Key", {}).get("Rules"):
                entry["Filter"] = {"Key": {"FilterRules": rules}}
            converted.setdefault(name, []).append(entry)
    if str(value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")).lower() == "true":
        converted["EventBridgeConfiguration"] = {}
    return converted


def logging(value: dict[str, Any]) -> dict[str, Any]:
    if not value.get("DestinationBucketName"):
        return {}
    enabled = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix") or ""}
    return {"LoggingEnabled": enabled}


def website(value: dict[str, Any]) -> dict[str, Any]:
    converted: dict[str, Any] = {}
    if index := value.get("IndexDocument"):
        converted["IndexDocument"] = {"Suffix": index}
    if error := value.get("ErrorDocument"):
        converted["ErrorDocument"] = {"Key": error}
    if redirect := value.get("RedirectAllRequestsTo"):
        converted["RedirectAllRequestsTo"] = redirect
    rules = [
        {"Condition": rule.get("RoutingRuleCondition"), "Redirect": rule["RedirectRule"]}
        for rule in value.get("RoutingRules") or []
    ]
    if rules:
        converted["RoutingRules"] = [{name: item for name, item in rule.items() if item} for rule in rules]
    return converted
