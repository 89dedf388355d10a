"""The section Rules of a template: assertions about its parameters.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from localstack_engines.cloudformation.functions import are_equal, text

Values = Mapping[str, Any]
"""The parameters' values by name; a list for a parameter of a list type."""


class RuleFailed(ValueError):
    """An assertion is not true, or a rule cannot be evaluated. The message says which."""


def check(rules: Mapping[str, Any], values: Values) -> None:
    """Raises RuleFailed, with the descriptions, when a rule applies and its assertions are not all true."""
    failed = [
        str(assertion.get("AssertDescription") or name)
        for name, rule in rules.items()
        if _true(rule.get("RuleCondition", True), values)
        for assertion in rule.get("Assertions") or []
        if not _true(assertion.get("Assert"), values)
    ]
    if failed:
        raise RuleFailed(f"Template error: the assertions failed: {'; '.join(failed)}")


def _true(expression: Any, values: Values) -> bool:
    return str(_value(expression, values)).lower() == "true"


def _value(expression: Any, values: Values) -> Any:
    if isinstance(expression, list):
        return [_value(item, values) for item in expression]
    if not isinstance(expression, dict) or len(expression) != 1:
        return expression
    ((function, arguments),) = expression.items()
    if function == "Ref":
        if arguments not in values:
            raise RuleFailed(f"Template error: a rule refers to {arguments}, which is no parameter")
        return values[arguments]
    if function not in _FUNCTIONS:
        raise RuleFailed(f"Template error: {function} is not supported in the local CloudFormation's Rules")
    try:
        return _FUNCTIONS[function](*_value(arguments, values))
    except TypeError as error:
        raise RuleFailed(f"Template error: the arguments of {function} in a rule are malformed") from error


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _contains(members: list[Any], value: Any) -> bool:
    return text(value) in [text(member) for member in members]


_FUNCTIONS: Mapping[str, Callable[..., bool]] = {
    "Fn::And": lambda *parts: all(_is_true(part) for part in parts),
    "Fn::Or": lambda *parts: any(_is_true(part) for part in parts),
    "Fn::Not": lambda part: not _is_true(part),
    "Fn::Equals": lambda one, other: are_equal([one, other]),
    "Fn::Contains": _contains,
    "Fn::EachMemberEquals": lambda members, value: all(are_equal([member, value]) for member in members),
    "Fn::EachMemberIn": lambda members, allowed: all(_contains(allowed, member) for member in members),
}
