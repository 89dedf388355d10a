"""The rules for placement constraints and strategies, in ECS's words (pure)."""

from typing import Any

from localstack_engines.services.ecs.control.cluster_query import InvalidExpression, parse
from localstack_engines.services.ecs.errors import invalid_parameter

_MOST_CONSTRAINTS, _MOST_STRATEGIES = 10, 5
_BINPACK_FIELDS = ("cpu", "memory")


def check(request: dict[str, Any]) -> None:
    """Raises InvalidParameterException for constraints or strategies that ECS refuses."""
    constraints, strategies = request.get("placementConstraints") or [], request.get("placementStrategy") or []
    if len(constraints) > _MOST_CONSTRAINTS or len(strategies) > _MOST_STRATEGIES:
        raise invalid_parameter(
            f"At most {_MOST_CONSTRAINTS} placement constraints and {_MOST_STRATEGIES} strategies can be given."
        )
    for constraint in constraints:
        check_constraint(constraint)
    for strategy in strategies:
        _check_strategy(strategy)


def check_constraint(constraint: dict[str, Any]) -> None:
    kind, expression = constraint.get("type"), constraint.get("expression")
    if kind not in ("distinctInstance", "memberOf"):
        raise invalid_parameter(f"Unknown placement constraint '{kind}'.")
    if kind == "distinctInstance" and expression:
        raise invalid_parameter("The distinctInstance placement constraint has no expression.")
    if kind == "memberOf":
        check_expression(expression or "")


def check_expression(expression: str) -> None:
    """Raises InvalidParameterException for a text that is not of the cluster query language."""
    try:
        parse(expression)
    except InvalidExpression as error:
        raise invalid_parameter(f"The expression '{expression}' is invalid: {error}.") from error


def _check_strategy(strategy: dict[str, Any]) -> None:
    kind, field = strategy.get("type"), strategy.get("field")
    if kind not in ("random", "spread", "binpack"):
        raise invalid_parameter(f"Unknown placement strategy '{kind}'.")
    if kind == "binpack" and (field or "").lower() not in _BINPACK_FIELDS:
        raise invalid_parameter("The binpack placement strategy needs the field cpu or memory.")
    if kind == "spread" and not field:
        raise invalid_parameter("The spread placement strategy needs a field.")
    if kind == "random" and field:
        raise invalid_parameter("The random placement strategy has no field.")
