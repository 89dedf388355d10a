"""The ARNs of what a request is about, from its members.

Source of the formats: the Service Authorization Reference,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ANY_OF_THESE = tuple[str | None, ...]
"""The names that one resource has for IAM. A policy may use each of them. None stands for an unknown ARN."""

ALL = ("*",)
"""What operations are about that have no resource."""

UNKNOWN: ANY_OF_THESE = (None,)

Members = Mapping[str, Any]

_ACCOUNT = re.compile(r"\d{12}")
_ARN_PARTS = 6
_FUNCTION = re.compile(
    r"(?:arn:[^:]*:lambda:)?(?:(?P<region>[a-z]{2}(?:-gov)?-[a-z]+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[\w.-]+)(?::(?P<qualifier>[\w$.-]+))?"
)
"""The names of functions: https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"""


def account_of(name: str | None) -> str | None:
    """Returns the account in an ARN. ARNs of S3 have none, and what is no ARN neither."""
    parts = (name or "").split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdigit() else None


@dataclass(frozen=True)
class Scope:
    """Account and region of a request."""

    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


Rule = Callable[[Scope, str, Members], Iterable[ANY_OF_THESE]]
"""Takes scope, operation and members of a request and returns its resources, one or several."""


def named(service: str, **formats: str) -> Rule:
    """Makes the rule of a service: the first member of these that a request has names its resource.

    A format is the ARN's last part, with `{}` for the member's value. A value that is an ARN stays as it is. A list
    names several resources. Without any of these members the request is about no resource.
    """

    def rule(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
        member = next((name for name in formats if members.get(name)), None)
        if member is None:
            return [ALL]
        found = members[member]
        values = found if isinstance(found, list) else [found]
        return [(as_arn(scope, service, formats[member], str(value)),) for value in values]

    return rule


def as_arn(scope: Scope, service: str, resource: str, value: str) -> str:
    return value if value.startswith("arn:") else scope.arn(service, resource.format(value))


def _s3(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    bucket, key = members.get("Bucket"), members.get("Key")
    if not bucket:
        return [ALL]
    arn = f"arn:aws:s3:::{bucket}"
    return [(f"{arn}/{key}" if key else arn,)]


def _sqs(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    if url := members.get("QueueUrl"):
        place, queue = queue_of(scope, str(url))
        return [(place.arn("sqs", queue),)]
    if name := members.get("QueueName"):
        return [(Scope(members.get("QueueOwnerAWSAccountId") or scope.account, scope.region).arn("sqs", name),)]
    return [(members["SourceArn"],) if members.get("SourceArn") else ALL]


def queue_of(scope: Scope, url: str) -> tuple[Scope, str]:
    """Returns place and name of the queue with a URL, which ends in its owner's account and its name.

    LocalStack has the region in the host name, or in the path (`/queue/<region>/<account>/<name>`), or not at all. It
    takes the name alone, too.
    """
    host, *parts = url.rpartition("://")[2].rstrip("/").split("/")
    if len(parts) not in (2, 4):
        return scope, url
    *before, account, name = parts
    labels = host.split(".")
    if before:
        region = before[1]
    elif labels[0] == "sqs" or labels[1:2] == ["queue"]:
        region = labels[1] if labels[0] == "sqs" else labels[0]
    else:
        region = "us-east-1" if labels[0].startswith("queue") else scope.region
    return Scope(account if _ACCOUNT.fullmatch(account) else scope.account, region), name


def _sns(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    arn = topic_of(members)
    if not arn and members.get("Name"):
        arn = scope.arn("sns", members["Name"])
    return [(arn,) if arn else ALL]


def topic_of(members: Members) -> str:
    """Returns the ARN of a request's topic, or an empty string."""
    if subscription := members.get("SubscriptionArn"):
        # The actions on subscriptions are permissions on their topic.
        return str(subscription).rpartition(":")[0]
    return str(members.get("TopicArn") or members.get("TargetArn") or members.get("ResourceArn") or "")


def _logs(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    members_of_groups = ("logGroupName", "logGroupIdentifier", "logGroupNames", "logGroupIdentifiers")
    groups = next((members[member] for member in members_of_groups if members.get(member)), None)
    if not groups:
        return [(scope.arn("logs", "log-group::log-stream:"),) if operation == "DescribeLogGroups" else ALL]
    arns = [
        as_arn(scope, "logs", "log-group:{}", str(group)).removesuffix(":*")
        for group in (groups if isinstance(groups, list) else [groups])
    ]
    if stream := members.get("logStreamName"):
        return [(f"{arn}:log-stream:{stream}",) for arn in arns]
    # AWS takes policies on the log group with and without `:*` at the end.
    return [(f"{arn}:log-stream:", arn) for arn in arns]


def _dynamodb(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    def table(name: str) -> str:
        return as_arn(scope, "dynamodb", "table/{}", name)

    if isinstance(members.get("RequestItems"), dict):
        return [(table(name),) for name in members["RequestItems"]]
    if name := members.get("TableName"):
        index = members.get("IndexName")
        return [(f"{table(name)}/index/{index}" if index else table(name),)]
    names = ("ResourceArn", "StreamArn", "BackupArn", "ExportArn", "ImportArn", "TableArn")
    if arn := next((members[name] for name in names if members.get(name)), None):
        return [(arn,)]
    return [ALL] if operation.startswith(("List", "Describe")) else [UNKNOWN]


def transaction(scope: Scope, members: Members) -> Iterable[tuple[str, ANY_OF_THESE]]:
    """Returns action and table of each item of DynamoDB's TransactWriteItems."""
    names = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
    for item in members.get("TransactItems") or []:
        for kind, details in item.items():
            table = as_arn(scope, "dynamodb", "table/{}", str(details.get("TableName")))
            yield f"dynamodb:{names.get(kind, kind)}", (table,)


def _transact_get(scope: Scope, members: Members) -> Iterable[ANY_OF_THESE]:
    for item in members.get("TransactItems") or []:
        yield (as_arn(scope, "dynamodb", "table/{}", str((item.get("Get") or {}).get("TableName"))),)


def _dynamodb_reads(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    if operation == "TransactGetItems":
        return _transact_get(scope, members)
    return _dynamodb(scope, operation, members)


def _ses(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    """Sending is an action on the identity of the sender: its address, or the address's domain."""
    sender = members.get("Source") or members.get("FromEmailAddress") or members.get("Identity")
    if not sender:
        return [UNKNOWN if operation == "SendRawEmail" else ALL]
    address = str(sender).rpartition("<")[2].rstrip("> ")
    names = dict.fromkeys((address.rpartition("@")[2], address))
    return [tuple(scope.arn("ses", f"identity/{name}") for name in names)]


def _ssm(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    if "Parameter" not in operation:
        return [UNKNOWN]
    if operation == "DescribeParameters":
        return [ALL]
    found = members.get("Names") or members.get("Name") or members.get("Path") or []
    names = found if isinstance(found, list) else [found]
    arns = (as_arn(scope, "ssm", "parameter/{}", str(name).lstrip("/")) for name in names)
    # A version or label after a further colon belongs to the request, not to the parameter.
    return [(":".join(arn.split(":")[:_ARN_PARTS]),) for arn in arns]


def _lambda(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    """A function is named by its name, its ARN or a part of this, each with or without a qualifier."""
    if members.get("Resource"):
        return [(members["Resource"],)]
    named = _FUNCTION.fullmatch(str(members.get("FunctionName") or ""))
    if named is None:
        return [UNKNOWN if members.get("FunctionName") else ALL]
    place = Scope(named["account"] or scope.account, named["region"] or scope.region)
    function = place.arn("lambda", f"function:{named['name']}")
    qualifier = members.get("Qualifier") or named["qualifier"]
    if not qualifier:
        return [(function,)]
    qualified = f"{function}:{qualifier}"
    return [(qualified,) if operation.startswith("Invoke") else (function, qualified)]


_RDS_ALL = {
    "DescribeDBClusterSnapshots": "cluster-snapshot:*",
    "DescribeDBClusters": "cluster:*",
    "DescribeDBInstances": "db:*",
    "DescribeDBParameterGroups": "pg:*",
    "DescribeDBSnapshots": "snapshot:*",
    "DescribeDBSubnetGroups": "subgrp:*",
}
"""What these operations are about when they name nothing."""

_RDS_NAMED = named(
    "rds",
    DBInstanceIdentifier="db:{}",
    DBClusterIdentifier="cluster:{}",
    DBSnapshotIdentifier="snapshot:{}",
    DBClusterSnapshotIdentifier="cluster-snapshot:{}",
    DBParameterGroupName="pg:{}",
    DBSubnetGroupName="subgrp:{}",
    ResourceName="{}",
)


def _rds(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    """RDS keeps identifiers in lower case, however a request spells them."""
    found = [str(name).lower() for names in _RDS_NAMED(scope, operation, members) for name in names]
    return [
        (scope.arn("rds", _RDS_ALL[operation]) if name == "*" and operation in _RDS_ALL else name,) for name in found
    ]


def _events(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    if operation == "PutEvents":
        buses = {str(entry.get("EventBusName") or "default") for entry in members.get("Entries") or []}
        return [(as_arn(scope, "events", "event-bus/{}", bus),) for bus in sorted(buses)]
    name = members.get("Rule") or (members.get("Name") if operation.endswith("Rule") else None)
    if not name:
        return [UNKNOWN]
    bus = str(members.get("EventBusName") or "default").rpartition("/")[2]
    return [(scope.arn("events", f"rule/{name}" if bus == "default" else f"rule/{bus}/{name}"),)]


def _servicediscovery(scope: Scope, operation: str, members: Members) -> Iterable[ANY_OF_THESE]:
    rule = named(
        "servicediscovery",
        ServiceId="service/{}",
        NamespaceId="namespace/{}",
        ResourceARN="{}",
        Id="service/{}" if "Service" in operation else "namespace/{}",
    )
    return rule(scope, operation, members)


RULES: Mapping[str, Rule] = {
    "cloudwatch": named("cloudwatch", AlarmName="alarm:{}", AlarmNames="alarm:{}", ResourceARN="{}"),
    "dynamodb": _dynamodb_reads,
    "ecr": named("ecr", repositoryName="repository/{}", repositoryNames="repository/{}", resourceArn="{}"),
    "events": _events,
    "kafka": named("kafka", ClusterArn="{}", ResourceArn="{}", Arn="{}", VpcConnectionArn="{}"),
    "kinesis": named("kinesis", StreamName="stream/{}", StreamARN="{}", ResourceARN="{}", ConsumerARN="{}"),
    "lambda": _lambda,
    "logs": _logs,
    "rds": _rds,
    "s3": _s3,
    "servicediscovery": _servicediscovery,
    "ses": _ses,
    "sesv2": _ses,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
    "sts": named("sts", RoleArn="{}"),
}
"""By botocore's name of the API. `records.py` has the rules of KMS and Secrets Manager, which need their records."""
