"""Assertions about parameters."""

from typing import Any

import pytest

from localstack_engines.cloudformation.rules import RuleFailed, check

VALUES = {"Stage": "prod", "Size": "large", "Zones": ["a", "b"]}


def rule(assertion: Any, **more: Any) -> dict[str, Any]:
    return {"R": {"Assertions": [{"Assert": assertion, "AssertDescription": "not so"}], **more}}


@pytest.mark.parametrize(
    "assertion",
    [
        {"Fn::Contains": [["small", "large"], {"Ref": "Size"}]},
        {"Fn::EachMemberIn": [{"Ref": "Zones"}, ["a", "b", "c"]]},
        {"Fn::EachMemberEquals": [["x", "x"], "x"]},
        {"Fn::And": [{"Fn::Equals": [{"Ref": "Stage"}, "prod"]}, {"Fn::Not": [{"Fn::Equals": ["1", 2]}]}]},
        {"Fn::Or": [{"Fn::Equals": [1, 2]}, {"Fn::Equals": ["1", 1]}]},
        {"Fn::Contains": [[True], "true"]},
    ],
)
def test_a_true_assertion_passes_and_its_contrary_fails(assertion: Any) -> None:
    check(rule(assertion), VALUES)
    with pytest.raises(RuleFailed, match="not so"):
        check(rule({"Fn::Not": [assertion]}), VALUES)


def test_a_rule_whose_condition_is_false_does_not_apply() -> None:
    check(rule({"Fn::Equals": [1, 2]}, RuleCondition={"Fn::Equals": [{"Ref": "Stage"}, "test"]}), VALUES)


@pytest.mark.parametrize(
    ("assertion", "message"),
    [
        ({"Ref": "Nobody"}, "Nobody, which is no parameter"),
        ({"Fn::ValueOf": ["Stage", "Tags"]}, "Fn::ValueOf is not supported"),
        ({"Fn::Equals": ["one"]}, "the arguments of Fn::Equals in a rule are malformed"),
    ],
)
def test_a_rule_that_cannot_be_evaluated_is_refused(assertion: Any, message: str) -> None:
    with pytest.raises(RuleFailed, match=message):
        check(rule(assertion), VALUES)
