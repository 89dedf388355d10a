"""What ECS's CloudFormation types share."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest


def replace_tags(client: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the resource's tags those of the template."""
    before = {tag["Key"] for tag in request.previous_state.get("Tags") or []}
    after = request.desired_state.get("Tags") or []
    if gone := before - {tag["Key"] for tag in after}:
        client.untag_resource(resourceArn=arn, tagKeys=sorted(gone))
    if after:
        client.tag_resource(resourceArn=arn, tags=[{"key": t["Key"], "value": t["Value"]} for t in after])
