"""Checks the values of a template's parameters, as AWS does before it creates anything.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from localstack_engines.cloudformation.functions import text

_LIST_TYPES = re.compile(r"CommaDelimitedList|List<.+>")
_STORED = "AWS::SSM::Parameter::Value"
"""The value of such a parameter is the name of a stored one, and at an update also the stored value."""


class InvalidParameter(ValueError):
    """A parameter has no acceptable value. The message is in AWS's words."""


def is_list(parameter_type: Any) -> bool:
    """Returns whether parameters of this type have a list as their value."""
    return isinstance(parameter_type, str) and bool(_LIST_TYPES.fullmatch(parameter_type))


def check(definitions: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raises InvalidParameter for a value that the template does not define, or that breaks a constraint."""
    if unknown := sorted(given.keys() - definitions.keys()):
        raise InvalidParameter(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    for name, definition in definitions.items():
        value = given.get(name, definition.get("Default"))
        if value is None or str(definition.get("Type")).startswith(_STORED):
            continue
        listed = is_list(definition.get("Type"))
        for item in str(value).split(",") if listed else [str(text(value))]:
            fault = next(_faults(definition, item.strip() if listed else item), None)
            if fault:
                description = definition.get("ConstraintDescription")
                raise InvalidParameter(
                    f"Parameter {name} failed to satisfy constraint: {description}"
                    if description
                    else f"Parameter '{name}' {fault}"
                )


def _faults(definition: Mapping[str, Any], value: str) -> Iterator[str]:
    allowed = definition.get("AllowedValues")
    if allowed is not None and value not in [str(text(item)) for item in allowed]:
        yield "must be one of AllowedValues"
    pattern = definition.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"must match pattern {pattern}"
    if definition.get("Type") == "Number":
        yield from _faults_of_number(definition, value)
        return
    if len(value) < int(definition.get("MinLength", 0)):
        yield f"must contain at least {definition['MinLength']} characters"
    if "MaxLength" in definition and len(value) > int(definition["MaxLength"]):
        yield f"must contain at most {definition['MaxLength']} characters"


def _faults_of_number(definition: Mapping[str, Any], value: str) -> Iterator[str]:
    try:
        number = float(value)
    except ValueError:
        yield "must be a number."
        return
    if "MinValue" in definition and number < float(definition["MinValue"]):
        yield f"must be a number not less than {definition['MinValue']}"
    if "MaxValue" in definition and number > float(definition["MaxValue"]):
        yield f"must be a number not greater than {definition['MaxValue']}"
