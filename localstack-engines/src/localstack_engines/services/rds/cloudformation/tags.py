"""Tags of RDS's resources in CloudFormation."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.tags import tag_list, update_tags


def update_resource_tags(rds: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the tags of an RDS resource those of the template."""
    update_tags(
        request.previous_state.get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: rds.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
        put=lambda tags: rds.add_tags_to_resource(ResourceName=arn, Tags=tag_list(tags)),
    )
