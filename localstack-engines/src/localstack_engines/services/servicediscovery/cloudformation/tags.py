"""Tags of Cloud Map's resources in CloudFormation."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.tags import tag_list, update_tags


def update_resource_tags(client: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the tags of a Cloud Map resource those of the template."""
    update_tags(
        request.previous_state.get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: client.untag_resource(ResourceARN=arn, TagKeys=keys),
        put=lambda tags: client.tag_resource(ResourceARN=arn, Tags=tag_list(tags)),
    )
