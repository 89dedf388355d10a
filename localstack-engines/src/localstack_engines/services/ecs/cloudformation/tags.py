"""Tags of ECS's resources in CloudFormation."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.tags import tag_list, update_tags


def update_resource_tags(client: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the tags of an ECS resource those of the template."""
    update_tags(
        request.previous_state.get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        put=lambda tags: client.tag_resource(resourceArn=arn, tags=tag_list(tags, "key", "value")),
    )
