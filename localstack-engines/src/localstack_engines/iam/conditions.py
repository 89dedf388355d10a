"""Conditions of policies.

Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
and https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import ipaddress
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from localstack_engines.iam.patterns import Context, NoValue, arn_matches, matches, substitute

Comparison = Callable[[str, str, Context | None], bool]
"""Compares a policy's value with a request's value. The context is for the variables in the policy's value."""

_ALL, _ANY, _IF_EXISTS = "forallvalues:", "foranyvalue:", "ifexists"


def holds(condition: Mapping[str, Mapping[str, Any]], context: Context, *, variables: bool) -> bool:
    """Says whether all operators of a Condition hold. An operator that does not exist holds for no request."""
    return all(
        _operator_holds(operator.lower(), key, as_list(values), context, context if variables else None)
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def as_list(value: Any) -> list[str]:
    """Returns the strings of a policy's value, which may be one or several. JSON has booleans and numbers, too."""
    return [_text(one) for one in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _operator_holds(operator: str, key: str, wanted: list[str], context: Context, names: Context | None) -> bool:
    values = context.get(key.lower(), ())
    if operator == "null":
        return wanted == ["true"] if not values else wanted == ["false"]
    for_all, for_any = operator.startswith(_ALL), operator.startswith(_ANY)
    operator = operator.removeprefix(_ALL).removeprefix(_ANY)
    if_exists, operator = operator.endswith(_IF_EXISTS), operator.removesuffix(_IF_EXISTS)
    negated = operator in _NEGATED
    compare = COMPARISONS.get(_NEGATED.get(operator, operator))
    if compare is None:
        return False
    if not values:
        return if_exists or for_all or (negated and not for_any)
    found = [any(_compares(compare, one, value, names) for one in wanted) for value in values]
    if for_all:
        return not any(found) if negated else all(found)
    if for_any:
        return not all(found) if negated else any(found)
    return not any(found) if negated else any(found)


def _compares(compare: Comparison, wanted: str, value: str, names: Context | None) -> bool:
    try:
        return compare(wanted, value, names)
    except (NoValue, ValueError, OverflowError):
        # A value of another type, a date too far away, or a variable without a value, equals nothing.
        return False


def _equals(wanted: str, value: str, names: Context | None) -> bool:
    return substitute(wanted, names) == value


def _equals_ignoring_case(wanted: str, value: str, names: Context | None) -> bool:
    return substitute(wanted, names).casefold() == value.casefold()


def _in_network(wanted: str, value: str, names: Context | None) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)


def _date(text: str) -> datetime:
    """Parses ISO 8601 or seconds since the epoch."""
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _ordered(parse: Callable[[str], Any], order: Callable[[Any, Any], bool]) -> Comparison:
    return lambda wanted, value, names: order(parse(value), parse(wanted))


def _orders(prefix: str, parse: Callable[[str], Any]) -> dict[str, Comparison]:
    return {
        f"{prefix}equals": _ordered(parse, lambda value, wanted: bool(value == wanted)),
        f"{prefix}lessthan": _ordered(parse, lambda value, wanted: bool(value < wanted)),
        f"{prefix}lessthanequals": _ordered(parse, lambda value, wanted: bool(value <= wanted)),
        f"{prefix}greaterthan": _ordered(parse, lambda value, wanted: bool(value > wanted)),
        f"{prefix}greaterthanequals": _ordered(parse, lambda value, wanted: bool(value >= wanted)),
    }


COMPARISONS: dict[str, Comparison] = {
    "stringequals": _equals,
    "stringequalsignorecase": _equals_ignoring_case,
    "stringlike": lambda wanted, value, names: matches(wanted, value, names),
    "arnequals": lambda wanted, value, names: arn_matches(wanted, value, names),
    "arnlike": lambda wanted, value, names: arn_matches(wanted, value, names),
    "bool": _equals_ignoring_case,
    "binaryequals": _equals,
    "ipaddress": _in_network,
    **_orders("numeric", float),
    **_orders("date", _date),
}
"""The operators that say what has to be, by lower-case name."""

_NEGATED = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
"""The operators that say what must not be, and those whose opposite they are."""
