"""Tags of RDS resources in CloudFormation."""

from typing import Any

Tags = list[dict[str, str]]


def update_tags(client: Any, arn: str, before: Tags | None, after: Tags | None) -> None:
    """Make the resource's tags those of ``after``."""
    old = {tag["Key"]: tag["Value"] for tag in before or []}
    new = {tag["Key"]: tag["Value"] for tag in after or []}
    if gone := sorted(old.keys() - new.keys()):
        client.remove_tags_from_resource(ResourceName=arn, TagKeys=gone)
    if changed := {key: value for key, value in new.items() if old.get(key) != value}:
        tags = [{"Key": key, "Value": value} for key, value in changed.items()]
        client.add_tags_to_resource(ResourceName=arn, Tags=tags)
