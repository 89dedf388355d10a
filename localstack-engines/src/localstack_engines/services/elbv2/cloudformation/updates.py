"""Attributes and tags of ELBv2's resources in CloudFormation."""

from collections.abc import Mapping
from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.tags import TemplateTags, tag_list, tag_map, update_tags
from localstack_engines.services.elbv2.attributes import Attribute, defaults


def update_resource_tags(client: Any, arn: str, request: ResourceRequest) -> None:
    """Makes the tags of a resource those of the template."""
    update_tags(
        request.previous_state.get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: client.remove_tags(ResourceArns=[arn], TagKeys=keys),
        put=lambda tags: client.add_tags(ResourceArns=[arn], Tags=tag_list(tags)),
    )


def changed_attributes(
    table: Mapping[str, Attribute], before: TemplateTags, after: TemplateTags
) -> list[dict[str, str]]:
    """Returns the attributes to modify: those of the template, and AWS's defaults of those that it no longer has.

    Attributes in templates have the form of tags.
    """
    old, new = tag_map(before), tag_map(after)
    usual = defaults(table)
    wanted = {**{key: usual[key] for key in old.keys() - new.keys() if key in usual}, **new}
    return tag_list({key: value for key, value in wanted.items() if old.get(key) != value})
