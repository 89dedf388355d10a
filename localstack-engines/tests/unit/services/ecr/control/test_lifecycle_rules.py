"""Lifecycle policies: which images a policy expires, and which texts are none."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from localstack_engines.services.ecr.control.lifecycle_rules import InvalidPolicy, expired, parse
from localstack_engines.services.ecr.engine.image_storage import Image

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def image(digest: str, days: int, *tags: str, references: tuple[str, ...] = ()) -> Image:
    return Image(digest, tags, "{}", "m", None, 1, NOW - timedelta(days=days), references)


def rule(priority: int, count_type: str = "imageCountMoreThan", number: int = 1, **selection: Any) -> dict[str, Any]:
    unit = {"countUnit": "days"} if count_type == "sinceImagePushed" else {}
    selected = {"tagStatus": "any", "countType": count_type, "countNumber": number, **unit, **selection}
    return {"rulePriority": priority, "selection": selected, "action": {"type": "expire"}}


def gone(images: list[Image], *rules: dict[str, Any]) -> set[str]:
    return {found.digest for found in expired(images, parse(json.dumps({"rules": rules})), NOW)}


IMAGES = [image("a", 1, "prod-1"), image("b", 2), image("c", 10, "prod-2", "x"), image("d", 20), image("e", 30, "dev")]


@pytest.mark.parametrize(
    ("rules", "wanted"),
    [
        ([rule(1, number=3)], {"d", "e"}),
        ([rule(1, "sinceImagePushed", 10)], {"c", "d", "e"}),
        ([rule(1, "sinceImagePushed", 5, tagStatus="untagged")], {"d"}),
        ([rule(1, tagStatus="tagged", tagPrefixList=["prod"])], {"c"}),
        ([rule(1, tagStatus="tagged", tagPrefixList=["prod", "x"])], set()),
        ([rule(1, "sinceImagePushed", 5, tagStatus="tagged", tagPrefixList=["prod", "x"])], {"c"}),
        ([rule(1, "sinceImagePushed", 5, tagStatus="tagged", tagPatternList=["*ro*"])], {"c"}),
        # The first rule is about the tagged images: the second cannot expire them, although it counts them.
        ([rule(1, number=9, tagStatus="tagged", tagPatternList=["*"]), rule(2, number=1)], {"b", "d"}),
    ],
)
def test_a_policy_expires(rules: list[dict[str, Any]], wanted: set[str]) -> None:
    assert gone(IMAGES, *rules) == wanted


def test_the_parts_of_a_manifest_list_stay_with_it() -> None:
    images = [image("list", 0, "latest", references=("part",)), image("part", 50), image("alone", 50)]
    assert gone(images, rule(1, "sinceImagePushed", 1, tagStatus="untagged")) == {"alone"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"rules": []}',
        '{"rules": [1]}',
        json.dumps({"rules": [rule(1), rule(1)]}),
        json.dumps({"rules": [rule(1), rule(2, tagStatus="untagged")]}),
        json.dumps({"rules": [rule(1, number=0)]}),
        json.dumps({"rules": [rule(1, number="3")]}),  # type: ignore[arg-type]
        json.dumps({"rules": [rule(1, tagStatus="tagged")]}),
        json.dumps({"rules": [rule(1, tagPrefixList=["a"])]}),
        json.dumps({"rules": [rule(1, countUnit="days")]}),
        json.dumps({"rules": [rule(1, "sinceImagePushed", countUnit="hours")]}),
        json.dumps({"rules": [rule(1, "sinceImagePulled")]}),
        json.dumps({"rules": [{**rule(1), "action": {"type": "transition"}}]}),
        json.dumps({"rules": [{**rule(1), "other": 1}]}),
    ],
)
def test_a_text_that_is_no_policy_is_refused(text: str) -> None:
    with pytest.raises(InvalidPolicy):
        parse(text)
