"""AWS::DynamoDB::Table, with updates: capacity, indexes, stream, time to live, backups and tags.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags

_SET_AFTERWARDS = ("TimeToLiveSpecification", "PointInTimeRecoverySpecification", "Arn", "StreamArn")
_ABSENT = (
    "ContributorInsightsSpecification",
    "ImportSourceSpecification",
    "KinesisStreamSpecification",
    "OnDemandThroughput",
    "ResourcePolicy",
)
"""What the local service has no counterpart of."""
_REPLACED = ("KeySchema", "LocalSecondaryIndexes")
_CAPACITY = ("BillingMode", "ProvisionedThroughput", "DeletionProtectionEnabled", "WarmThroughput")


class Table(Resource):
    TYPE = "AWS::DynamoDB::Table"
    DEFAULTS = {"BillingMode": "PROVISIONED", "DeletionProtectionEnabled": False}
    RESET = (
        "AttributeDefinitions",
        "GlobalSecondaryIndexes",
        "PointInTimeRecoverySpecification",
        "ProvisionedThroughput",
        "StreamSpecification",
        "Tags",
        "TimeToLiveSpecification",
    )
    FIXED = ("SSESpecification", "TableClass", *_REPLACED)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        client, model = self.client(request, "dynamodb"), request.desired_state
        _refuse_absent(model)
        name = model.setdefault("TableName", self.default_name(request))
        arguments = to_request(client, "CreateTable", _properties_of_creation(model), ignore=_SET_AFTERWARDS)
        client.create_table(**arguments)
        self.created(request)
        self._set_afterwards(client, model, {})
        return self.done({**model, **_attributes(client, name)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        client, model, previous = self.client(request, "dynamodb"), request.desired_state, request.previous_state
        _refuse_absent(model)
        name = model["TableName"] = previous["TableName"]
        # The API takes one creation or deletion of an index, and one change of the stream, in a request.
        for change in _changes(model, previous):
            properties = {"TableName": name, "AttributeDefinitions": model.get("AttributeDefinitions"), **change}
            client.update_table(**to_request(client, "UpdateTable", properties))
        self._set_afterwards(client, model, previous)
        attributes = _attributes(client, name)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: client.untag_resource(ResourceArn=attributes["Arn"], TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceArn=attributes["Arn"], Tags=tag_list(tags)),
        )
        return self.done({**model, **attributes})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "dynamodb").delete_table(TableName=request.desired_state["TableName"])
        return self.done({})

    @staticmethod
    def _set_afterwards(client: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        """Sets what has operations of its own: time to live and continuous backups."""
        name = model["TableName"]
        new, old = model.get("TimeToLiveSpecification"), previous.get("TimeToLiveSpecification")
        if new != old:
            for specification in _time_to_live(new, old):
                properties = {"TableName": name, "TimeToLiveSpecification": specification}
                client.update_time_to_live(**to_request(client, "UpdateTimeToLive", properties))
        backups = model.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False}
        if backups != (previous.get("PointInTimeRecoverySpecification") or {"PointInTimeRecoveryEnabled": False}):
            properties = {"TableName": name, "PointInTimeRecoverySpecification": backups}
            client.update_continuous_backups(**to_request(client, "UpdateContinuousBackups", properties))


def _refuse_absent(model: dict[str, Any]) -> None:
    if names := [name for name in _ABSENT if model.get(name)]:
        raise Failed(f"Not supported by the local DynamoDB service: {', '.join(names)}", "InvalidRequest")


def _attributes(client: Any, name: str) -> dict[str, Any]:
    table = client.describe_table(TableName=name)["Table"]
    stream = {"StreamArn": table["LatestStreamArn"]} if table.get("LatestStreamArn") else {}
    return {"Arn": table["TableArn"], **stream}


def _properties_of_creation(model: dict[str, Any]) -> dict[str, Any]:
    """Returns the properties in the API's spelling, where the template's differs."""
    properties = dict(model)
    if encryption := model.get("SSESpecification"):
        renamed = {name: value for name, value in encryption.items() if name != "SSEEnabled"}
        properties["SSESpecification"] = {"Enabled": encryption.get("SSEEnabled"), **renamed}
    if stream := _stream(model):
        properties["StreamSpecification"] = stream
    if "Tags" in model:
        properties["Tags"] = tag_list(model["Tags"])
    return properties


def _stream(model: dict[str, Any]) -> dict[str, Any] | None:
    stream = model.get("StreamSpecification")
    if stream and stream.get("ResourcePolicy"):
        raise Failed("Not supported by the local DynamoDB service: StreamSpecification.ResourcePolicy")
    return {"StreamEnabled": True, **stream} if stream else None


def _changes(model: dict[str, Any], previous: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the arguments of each UpdateTable that makes the table the template's."""
    changes: list[dict[str, Any]] = []
    capacity = {name: model[name] for name in _CAPACITY if model.get(name) != previous.get(name) and name in model}
    if capacity:
        changes.append(capacity)
    old, new = _stream(previous), _stream(model)
    if old != new:
        if old:
            changes.append({"StreamSpecification": {"StreamEnabled": False}})
        if new:
            changes.append({"StreamSpecification": new})
    return changes + [{"GlobalSecondaryIndexUpdates": [change]} for change in _index_changes(model, previous)]


def _index_changes(model: dict[str, Any], previous: dict[str, Any]) -> list[dict[str, Any]]:
    """Returns the changes of global secondary indexes. A new key or projection makes a new index of that name."""
    old = {index["IndexName"]: index for index in previous.get("GlobalSecondaryIndexes") or []}
    new = {index["IndexName"]: index for index in model.get("GlobalSecondaryIndexes") or []}
    remade = {
        name
        for name in old.keys() & new.keys()
        if any(old[name].get(part) != new[name].get(part) for part in ("KeySchema", "Projection"))
    }
    gone, added = sorted((old.keys() - new.keys()) | remade), sorted((new.keys() - old.keys()) | remade)
    changed = [name for name in sorted(new) if name in old and name not in remade and old[name] != new[name]]
    return [
        *({"Delete": {"IndexName": name}} for name in gone),
        *({"Create": new[name]} for name in added),
        *(
            {"Update": {"IndexName": name, "ProvisionedThroughput": new[name].get("ProvisionedThroughput")}}
            for name in changed
        ),
    ]


def _time_to_live(new: dict[str, Any] | None, old: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Returns what to set, one after the other: another attribute needs the old one to be switched off first."""
    steps = []
    if old and old.get("Enabled") and (not new or new.get("AttributeName") != old.get("AttributeName")):
        steps.append({**old, "Enabled": False})
    if new:
        steps.append(new)
    return steps
