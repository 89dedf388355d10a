"""Conditions of rules: from a request to the stored form, with AWS's limits.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
"""

import ipaddress
import re

from localstack_engines.services.elbv2.api.action_rules import check_text
from localstack_engines.services.elbv2.errors import not_supported, validation
from localstack_engines.services.elbv2.models import CONDITION_CONFIGS, Json
from localstack_engines.toolkit.errors import ServiceError

_WITH_PLAIN_VALUES = ("host-header", "path-pattern")
"""Fields whose values a request may also give in `Values`, as before there were structures for them."""
_ONCE = ("host-header", "path-pattern", "http-request-method", "source-ip")
_MOST_VALUES = 5
_MAX_LENGTH = 128
_MAX_HEADER_NAME = 40
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_METHOD = re.compile(r"[A-Z_-]{1,40}")


def stored(conditions: list[Json]) -> list[Json]:
    """Returns the conditions as AWS describes them. Raises its errors."""
    if not conditions:
        raise validation("A rule must have at least one condition")
    found = [_stored(condition) for condition in conditions]
    fields = [condition["Field"] for condition in found]
    for field in _ONCE:
        if fields.count(field) > 1:
            raise validation(f"A rule can only have one condition of the field '{field}'")
    if sum(_number_of_values(condition) for condition in found) > _MOST_VALUES:
        raise ServiceError("TooManyRules", f"A rule can only have {_MOST_VALUES} condition values")
    return found


def _stored(condition: Json) -> Json:
    field = condition.get("Field") or _field_of(condition)
    if field not in CONDITION_CONFIGS:
        raise validation(f"Condition field '{field}' must be one of [{', '.join(CONDITION_CONFIGS)}]")
    config = condition.get(CONDITION_CONFIGS[field]) or {}
    plain = condition.get("Values") or []
    if bool(config) == bool(plain) or (plain and field not in _WITH_PLAIN_VALUES):
        raise validation(f"A condition of the field '{field}' must have values in '{CONDITION_CONFIGS[field]}'")
    config = {"Values": plain} if plain else {key: value for key, value in config.items() if value is not None}
    if not config.get("Values"):
        raise validation(f"A condition of the field '{field}' must have at least one value")
    _check(field, config)
    shown = {"Values": config["Values"]} if field in _WITH_PLAIN_VALUES else {}
    return {"Field": field, **shown, CONDITION_CONFIGS[field]: config}


def _field_of(condition: Json) -> str:
    return next((field for field, name in CONDITION_CONFIGS.items() if condition.get(name)), "")


def _number_of_values(condition: Json) -> int:
    return len(condition[CONDITION_CONFIGS[condition["Field"]]]["Values"])


def _check(field: str, config: Json) -> None:
    if field == "query-string":
        for pair in config["Values"]:
            if not pair.get("Value"):
                raise validation("A value of a query string condition must have a value")
            _check_pattern(field, (pair.get("Key") or "") + pair["Value"])
        return
    if field == "source-ip":
        _check_ranges(config)
        return
    if field == "http-header":
        _check_header_name(config.get("HttpHeaderName") or "")
    for value in config["Values"]:
        if field == "http-request-method" and not _METHOD.fullmatch(value):
            raise validation(f"The HTTP request method '{value}' must have 1 to 40 of the characters A-Z, _ and -")
        _check_pattern(field, value)


def _check_header_name(name: str) -> None:
    if not _TOKEN.fullmatch(name) or len(name) > _MAX_HEADER_NAME or name.lower() == "host":
        raise validation(f"The HTTP header name '{name}' is not valid")


def _check_ranges(config: Json) -> None:
    if config.get("IpAddressType") not in (None, "ipv4"):
        raise not_supported("A source-ip condition by address type")
    for value in config["Values"]:
        _check_range(value)


def _check_pattern(field: str, value: str) -> None:
    if not value or len(value) > _MAX_LENGTH:
        raise validation(f"The value of a condition must have 1 to {_MAX_LENGTH} characters: '{value}'")
    check_text(value, "condition")
    if field == "path-pattern" and not value.startswith(("/", "*", "?")):
        raise validation(f"Condition value '{value}' must begin with a '/' character")


def _check_range(value: str) -> None:
    try:
        ipaddress.ip_network(value, strict=True)
    except ValueError as error:
        raise validation(f"'{value}' is not a valid CIDR block") from error
    if "/" not in value:
        raise validation(f"'{value}' is not a valid CIDR block")
