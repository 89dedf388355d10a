"""Properties that a template no longer has."""

import pytest

from localstack_engines.cloudformation.removals import NotChangeable, complete, updatable_properties

UPDATABLE = {"Text", "Tags", "Target", "Other"}


def completed(previous: dict[str, object], desired: dict[str, object]) -> dict[str, object]:
    return complete(
        "AWS::A::B",
        UPDATABLE,
        previous,
        desired,
        defaults={"Text": "", "List": []},
        reset={"Tags"},
        fixed={"Target"},
    )


def test_a_removed_property_gets_its_default() -> None:
    assert completed({"Text": "x", "Id": 1}, {}) == {"Text": ""}


def test_what_the_template_has_and_what_it_never_had_stay_as_they_are() -> None:
    assert completed({"Text": "x"}, {"Text": "y"}) == {"Text": "y"}
    assert completed({"Text": None}, {}) == {}


def test_the_type_itself_resets_some() -> None:
    assert completed({"Tags": {"a": "b"}}, {}) == {}


def test_a_removal_without_a_default_is_refused() -> None:
    with pytest.raises(NotChangeable, match=r"AWS::A::B cannot return Other to the default"):
        completed({"Other": 1}, {})


@pytest.mark.parametrize("desired", [{}, {"Target": "b"}])
def test_a_change_of_a_fixed_property_is_refused(desired: dict[str, object]) -> None:
    with pytest.raises(NotChangeable, match=r"AWS::A::B cannot change Target"):
        completed({"Target": "a"}, desired)


def test_a_default_is_a_copy() -> None:
    defaults: dict[str, list[int]] = {"Text": []}
    arguments = {"defaults": defaults, "reset": (), "fixed": ()}
    complete("T", UPDATABLE, {"Text": [1]}, {}, **arguments)["Text"].append(1)
    assert defaults == {"Text": []}


def test_the_schema_names_what_is_updatable() -> None:
    schema = {
        "properties": {"A": {}, "B": {}, "C": {}, "D": {}},
        "createOnlyProperties": ["/properties/A", "/properties/D/Inner"],
        "readOnlyProperties": ["/properties/B"],
    }
    assert updatable_properties(schema) == {"C", "D"}
