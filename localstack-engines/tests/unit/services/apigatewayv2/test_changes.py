"""What a change of records consisted of, and its undoing."""

from localstack_engines.services.apigatewayv2.changes import Change


def test_new_changed_and_removed_keys_get_their_former_values() -> None:
    records: dict[str, object] = {"changed": "a", "removed": "b", "kept": "c"}
    change = Change(records)
    del records["removed"]
    records |= {"changed": "A", "new": "d"}
    change.undo()
    assert records == {"changed": "a", "removed": "b", "kept": "c"}


def test_later_changes_stay() -> None:
    records: dict[str, object] = {"one": "a", "two": "b", "three": "c"}
    change = Change(records)
    records |= {"one": "A", "two": "B", "new": "d"}
    del records["three"]
    change.end()
    del records["new"]
    records |= {"one": "later", "three": "again", "other": "e"}
    change.undo()
    assert records == {"one": "later", "two": "b", "three": "again", "other": "e"}


def test_what_was_replaced_comes_back_in_its_order() -> None:
    records: dict[str, object] = {key: key for key in "zebra"}
    change = Change(records)
    records.clear()
    records |= {"new": "n"}
    change.undo()
    assert list(records) == list("zebra")
