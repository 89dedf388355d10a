"""Tags of REST APIs and of their stages."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.tags import update_tags


def update_resource_tags(client: Any, request: ResourceRequest, resource: str) -> None:
    """Makes a resource's tags those of the template. `resource` is the last part of its ARN, from `/restapis` on."""
    arn = f"arn:aws:apigateway:{request.region_name}::{resource}"
    update_tags(
        request.previous_state.get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: client.untag_resource(resourceArn=arn, tagKeys=keys),
        put=lambda tags: client.tag_resource(resourceArn=arn, tags=tags),
    )
