"""The rules of a lifecycle policy: their text, and the images that they expire.

Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
"""

import fnmatch
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from localstack_engines.services.ecr.engine.image_storage import Image

_TAGGED, _UNTAGGED, _ANY = "tagged", "untagged", "any"
_MORE_THAN, _SINCE_PUSHED = "imageCountMoreThan", "sinceImagePushed"
_MEMBERS = {
    "rule": ({"rulePriority", "selection", "action"}, {"description"}),
    "selection": ({"tagStatus", "countType", "countNumber"}, {"tagPrefixList", "tagPatternList", "countUnit"}),
    "action": ({"type"}, set[str]()),
}
"""Required and optional members of the objects in a policy."""


class InvalidPolicy(ValueError):
    """The text of a policy breaks a rule. The message says which."""


@dataclass(frozen=True)
class Rule:
    """Expires images: those beyond the `count` newest ones, or those older than `count` days.

    `tags` are patterns; an image must have a tag for each of them.
    """

    priority: int
    status: str
    tags: tuple[str, ...]
    by_age: bool
    count: int

    def selects(self, image: Image) -> bool:
        """Whether the image has the tags that the rule is about."""
        if self.status == _ANY:
            return True
        if self.status == _UNTAGGED:
            return not image.tags
        return bool(image.tags) and all(
            any(fnmatch.fnmatchcase(tag, pattern) for tag in image.tags) for pattern in self.tags
        )


def parse(text: str) -> list[Rule]:
    """Returns the rules of a policy in the order of their priority. Raises InvalidPolicy."""
    try:
        rules = json.loads(text)["rules"]
    except (ValueError, KeyError, TypeError):
        raise InvalidPolicy('object has missing required properties (["rules"])') from None
    if not isinstance(rules, list) or not rules:
        raise InvalidPolicy("rules must be a list with at least one rule")
    found = sorted((_rule(rule) for rule in rules), key=lambda rule: rule.priority)
    if len({rule.priority for rule in found}) < len(found):
        raise InvalidPolicy("rulePriority must be unique")
    if any(rule.status == _ANY for rule in found[:-1]):
        raise InvalidPolicy("a rule with tagStatus any must have the highest rulePriority")
    return found


def expired(images: Sequence[Image], rules: Sequence[Rule], now: datetime) -> dict[Image, Rule]:
    """Returns the images that the rules expire, each with its rule. `images` are in any order.

    An image whose tags a rule selects is not expired by a rule of lower priority, but counts for it. An image that a
    manifest list refers to is not expired.
    """
    kept = {digest for image in images for digest in image.references}
    newest = sorted(images, key=lambda image: image.pushed_at, reverse=True)
    taken: set[str] = set()
    found: dict[Image, Rule] = {}
    for rule in rules:
        selected = [image for image in newest if rule.selects(image)]
        due = selected[rule.count :]
        if rule.by_age:
            due = [image for image in selected if now - image.pushed_at >= timedelta(days=rule.count)]
        found.update({image: rule for image in due if image.digest not in taken | kept})
        taken |= {image.digest for image in (due if rule.status == _ANY else selected)}
    return found


def _rule(value: Any) -> Rule:
    _check_members("rule", value)
    selection = value["selection"]
    _check_members("selection", selection)
    _check_members("action", value["action"])
    if value["action"]["type"] != "expire":
        raise InvalidPolicy(
            f'instance value ({value["action"]["type"]}) not found in enum (possible values: ["expire"])'
        )
    priority, count = value["rulePriority"], selection["countNumber"]
    for name, number in (("rulePriority", priority), ("countNumber", count)):
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            raise InvalidPolicy(f"{name} must be an integer of at least 1")
    by_age = _counts_by_age(selection)
    return Rule(priority, selection["tagStatus"], _tag_patterns(selection), by_age, count)


def _check_members(kind: str, value: Any) -> None:
    required, optional = _MEMBERS[kind]
    if not isinstance(value, dict):
        raise InvalidPolicy(f"{kind} must be an object")
    if missing := required - value.keys():
        raise InvalidPolicy(f"object has missing required properties ({json.dumps(sorted(missing))})")
    if unknown := value.keys() - required - optional:
        raise InvalidPolicy(
            f"object instance has properties which are not allowed by the schema: {json.dumps(sorted(unknown))}"
        )


def _counts_by_age(selection: dict[str, Any]) -> bool:
    kind, unit = selection["countType"], selection.get("countUnit")
    if kind not in (_MORE_THAN, _SINCE_PUSHED):
        raise InvalidPolicy(f"countType {kind} is not supported by the local ecr service")
    if (kind == _SINCE_PUSHED) != (unit == "days") or (kind == _MORE_THAN and unit is not None):
        raise InvalidPolicy(f"countUnit is days with {_SINCE_PUSHED}, and absent with {_MORE_THAN}")
    return bool(kind == _SINCE_PUSHED)


def _tag_patterns(selection: dict[str, Any]) -> tuple[str, ...]:
    status = selection["tagStatus"]
    if status not in (_TAGGED, _UNTAGGED, _ANY):
        raise InvalidPolicy(f"instance value ({status}) not found in enum (possible values: [any, tagged, untagged])")
    prefixes, patterns = selection.get("tagPrefixList") or [], selection.get("tagPatternList") or []
    if bool(prefixes) + bool(patterns) != (status == _TAGGED):
        raise InvalidPolicy("tagged needs either tagPrefixList or tagPatternList; any and untagged need none")
    if not all(isinstance(one, str) and one for one in [*prefixes, *patterns]):
        raise InvalidPolicy("tagPrefixList and tagPatternList are lists of texts")
    # A pattern has no other special character than *.
    return tuple(
        [_literal(prefix) + "*" for prefix in prefixes]
        + ["*".join(_literal(part) for part in pattern.split("*")) for pattern in patterns]
    )


def _literal(text: str) -> str:
    return "".join(f"[{character}]" if character in "*?[" else character for character in text)
