"""Values of parameters against the constraints of their definitions."""

from typing import Any

import pytest

from localstack_engines.cloudformation.parameters import InvalidParameter, check, is_list


@pytest.mark.parametrize(
    ("definition", "value"),
    [
        ({"Type": "String", "AllowedValues": ["a", 1, True]}, "1"),
        ({"Type": "String", "AllowedValues": ["a", 1, True]}, "true"),
        ({"Type": "String", "AllowedPattern": "[a-z]*"}, ""),
        ({"Type": "String", "MinLength": "2", "MaxLength": 3}, "abc"),
        ({"Type": "Number", "MinValue": 1, "MaxValue": "2.5"}, "2.5"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a, b"),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "AllowedPattern": "/x"}, "ami-1"),
    ],
)
def test_a_value_that_keeps_its_constraints_passes(definition: dict[str, Any], value: str) -> None:
    check({"P": definition}, {"P": value})


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"Type": "String", "AllowedValues": ["a"]}, "b", "must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]"}, "ab", "must match pattern"),
        ({"Type": "String", "MaxLength": 1}, "ab", "at most 1 characters"),
        ({"Type": "Number"}, "ten", "must be a number."),
        ({"Type": "Number", "MinValue": 1}, "0.5", "not less than 1"),
        ({"Type": "CommaDelimitedList", "AllowedValues": ["a", "b"]}, "a,c", "must be one of AllowedValues"),
        ({"Type": "String", "MinLength": 3, "ConstraintDescription": "too short"}, "ab", "constraint: too short"),
    ],
)
def test_a_value_that_breaks_one_is_named(definition: dict[str, Any], value: str, message: str) -> None:
    with pytest.raises(InvalidParameter, match=message):
        check({"P": definition}, {"P": value})


def test_the_default_is_checked_and_a_missing_value_is_not() -> None:
    with pytest.raises(InvalidParameter):
        check({"P": {"Type": "String", "Default": "b", "AllowedValues": ["a"]}}, {})
    check({"P": {"Type": "String", "AllowedValues": ["a"]}}, {})


def test_a_parameter_that_the_template_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidParameter, match=r"Parameters: \[A, B\] do not exist in the template"):
        check({}, {"B": "1", "A": "1"})


def test_lists() -> None:
    assert [is_list(name) for name in ("CommaDelimitedList", "List<Number>", "String", None)] == [
        True,
        True,
        False,
        False,
    ]
