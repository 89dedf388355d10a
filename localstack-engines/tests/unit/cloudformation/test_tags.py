"""The template's tags, in both spellings, as calls of a tagging API."""

from typing import Any

import pytest

from localstack_engines.cloudformation.tags import tag_list, tag_map, update_tags


@pytest.mark.parametrize("tags", [{"a": "1", "b": "2"}, [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]])
def test_both_spellings_are_the_same_tags(tags: Any) -> None:
    assert tag_map(tags) == {"a": "1", "b": "2"}
    assert tag_list(tags, "key", "value") == [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]


def test_only_differences_are_sent() -> None:
    calls: list[tuple[str, Any]] = []
    update_tags(
        [{"Key": "gone", "Value": "1"}, {"Key": "same", "Value": "2"}, {"Key": "other", "Value": "3"}],
        {"same": "2", "other": "4", "new": "5"},
        remove=lambda keys: calls.append(("remove", keys)),
        put=lambda tags: calls.append(("put", tags)),
    )
    assert calls == [("remove", ["gone"]), ("put", {"other": "4", "new": "5"})]


def test_nothing_is_called_without_a_difference() -> None:
    def never(_: Any) -> None:
        raise AssertionError

    update_tags(None, [], remove=never, put=never)
