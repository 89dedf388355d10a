"""Tags of RDS resources."""

from typing import Any

from localstack_engines.cloudformation import tags
from localstack_engines.cloudformation.tags import TemplateTags


def update_tags(rds: Any, arn: str, before: TemplateTags, after: TemplateTags) -> None:
    """Makes the resource's tags those of `after`."""
    tags.update_tags(
        before,
        after,
        remove=lambda keys: rds.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
        put=lambda changed: rds.add_tags_to_resource(ResourceName=arn, Tags=tags.tag_list(changed)),
    )
