"""Settings of a bucket whose structure differs between CloudFormation and S3's API.

Spelling and types of members are left to `to_request`.
"""

from typing import Any

from localstack_engines.cloudformation.properties import is_true
from localstack_engines.cloudformation.resource import Failed

_LIFECYCLE_RULE = {
    "Id", "Status", "Prefix", "ExpirationInDays", "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays",
    "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker",
}  # fmt: skip
_NOTIFICATIONS = {
    "LambdaConfigurations": ("LambdaFunctionConfigurations", "LambdaFunctionArn", "Function"),
    "QueueConfigurations": ("QueueConfigurations", "QueueArn", "Queue"),
    "TopicConfigurations": ("TopicConfigurations", "TopicArn", "Topic"),
}


def encryption(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of BucketEncryption."""
    names = {"ServerSideEncryptionByDefault": "ApplyServerSideEncryptionByDefault"}
    return {"Rules": [_renamed(rule, names) for rule in value["ServerSideEncryptionConfiguration"]]}


def cors(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of CorsConfiguration."""
    names = {"ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    return {"CORSRules": [_renamed(rule, names) for rule in value["CorsRules"]]}


def lifecycle(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of LifecycleConfiguration. Raises Failed for members of a rule that are not supported."""
    # S3 gives a rule without an id a random one. LocalStack refuses such a rule.
    return {"Rules": [_lifecycle_rule({"Id": f"rule-{n}", **rule}) for n, rule in enumerate(value["Rules"], start=1)]}


def _lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(rule.keys() - _LIFECYCLE_RULE):
        raise Failed(f"The local S3 does not support {', '.join(unknown)} of a lifecycle rule")
    converted: dict[str, Any] = {
        "Id": rule["Id"],
        "Status": rule["Status"],
        "Filter": {"Prefix": rule.get("Prefix") or ""},
    }
    if "ExpirationInDays" in rule:
        converted["Expiration"] = {"Days": rule["ExpirationInDays"]}
    if "ExpiredObjectDeleteMarker" in rule:
        converted["Expiration"] = {"ExpiredObjectDeleteMarker": rule["ExpiredObjectDeleteMarker"]}
    days = rule.get("NoncurrentVersionExpirationInDays")
    if noncurrent := rule.get("NoncurrentVersionExpiration") or (days and {"NoncurrentDays": days}):
        converted["NoncurrentVersionExpiration"] = noncurrent
    if abort := rule.get("AbortIncompleteMultipartUpload"):
        converted["AbortIncompleteMultipartUpload"] = abort
    return converted


def logging(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of LoggingConfiguration."""
    if not value.get("DestinationBucketName"):
        return {}
    enabled = {"TargetBucket": value["DestinationBucketName"], "TargetPrefix": value.get("LogFilePrefix") or ""}
    return {"LoggingEnabled": enabled}


def notifications(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of NotificationConfiguration."""
    converted: dict[str, Any] = {}
    for kind, (name, argument, target) in _NOTIFICATIONS.items():
        for item in value.get(kind) or []:
            entry: dict[str, Any] = {argument: item[target], "Events": [item["Event"]]}
            if rules := item.get("Filter", {}).get("S3Key", {}).get("Rules"):
                entry["Filter"] = {"Key": {"FilterRules": rules}}
            converted.setdefault(name, []).append(entry)
    if is_true(value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled")):
        converted["EventBridgeConfiguration"] = {}
    return converted


def website(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the API's form of WebsiteConfiguration."""
    converted: dict[str, Any] = {}
    if index := value.get("IndexDocument"):
        converted["IndexDocument"] = {"Suffix": index}
    if error := value.get("ErrorDocument"):
        converted["ErrorDocument"] = {"Key": error}
    if redirect := value.get("RedirectAllRequestsTo"):
        converted["RedirectAllRequestsTo"] = redirect
    names = {"RoutingRuleCondition": "Condition", "RedirectRule": "Redirect"}
    if rules := [_renamed(rule, names) for rule in value.get("RoutingRules") or []]:
        converted["RoutingRules"] = rules
    return converted


def _renamed(members: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in members.items()}
