"""Tags of resources in CloudFormation: one way from the template's tags to any service's tagging operations."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

TemplateTags = Iterable[Mapping[str, str]] | Mapping[str, str] | None
"""A list of `{"Key": ..., "Value": ...}` or a map: templates use both, depending on the type."""


def tag_map(tags: TemplateTags) -> dict[str, str]:
    """Returns the tags by key."""
    if isinstance(tags, Mapping):
        return dict(tags)
    return {tag["Key"]: tag.get("Value", "") for tag in tags or ()}


def tag_list(tags: TemplateTags, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Returns the tags as a list, with the member names of the service's API."""
    return [{key: name, value: text} for name, text in tag_map(tags).items()]


def update_tags(
    before: TemplateTags,
    after: TemplateTags,
    *,
    remove: Callable[[list[str]], Any],
    put: Callable[[dict[str, str]], Any],
) -> None:
    """Makes a resource's tags those of the template.

    Calls `remove` with the keys that are gone and `put` with the tags that are new or have another value. Makes neither
    call without such tags.
    """
    old, new = tag_map(before), tag_map(after)
    if gone := sorted(old.keys() - new.keys()):
        remove(gone)
    if changed := {key: value for key, value in new.items() if old.get(key) != value}:
        put(changed)
