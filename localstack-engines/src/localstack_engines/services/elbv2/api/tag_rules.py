"""Tags in requests."""

from typing import Any

from localstack_engines.services.elbv2.errors import validation
from localstack_engines.toolkit.errors import ServiceError

_MOST_TAGS = 50


def given_tags(request: dict[str, Any]) -> dict[str, str]:
    """Returns the tags of a request by key. Raises AWS's errors for bad ones."""
    tags: dict[str, str] = {}
    for tag in request.get("Tags") or []:
        if tag["Key"] in tags:
            raise ServiceError("DuplicateTagKeys", f"Duplicate tag keys found: {tag['Key']}")
        if tag["Key"].lower().startswith("aws:"):
            raise validation("Tag keys must not begin with 'aws:'")
        tags[tag["Key"]] = tag.get("Value") or ""
    check_number(tags)
    return tags


def check_number(tags: dict[str, str]) -> None:
    if len(tags) > _MOST_TAGS:
        raise ServiceError("TooManyTags", f"A resource has at most {_MOST_TAGS} tags")
