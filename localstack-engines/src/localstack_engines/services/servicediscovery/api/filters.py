"""Cloud Map's list filters and paging, as pure functions."""

from collections.abc import Callable, Iterable
from typing import Any

_CONDITIONS: dict[str, Callable[[str, list[str]], bool]] = {
    "EQ": lambda value, wanted: value == wanted[0],
    "IN": lambda value, wanted: value in wanted,
    "BEGINS_WITH": lambda value, wanted: value.startswith(wanted[0]),
    "BETWEEN": lambda value, wanted: float(wanted[0]) <= float(value) <= float(wanted[1]),
}


def apply_filters(
    items: Iterable[Any], filters: list[dict[str, Any]], fields: dict[str, Callable[[Any], Any]]
) -> list[Any]:
    """Items that match every filter. Raises ValueError for a filter name or condition that the API does not have."""
    kept = list(items)
    for entry in filters or []:
        field = fields.get(entry["Name"])
        matches = _CONDITIONS.get(entry.get("Condition", "EQ"))
        if field is None or matches is None:
            raise ValueError(f"Unsupported filter: {entry['Name']} {entry.get('Condition', 'EQ')}")
        kept = [item for item in kept if matches(str(field(item)), entry["Values"])]
    return kept


def page(items: list[Any], request: dict[str, Any], default: int = 100) -> tuple[list[Any], dict[str, str]]:
    """(one page, {"NextToken": ...} or {}). Raises ValueError for a token that this API did not give out."""
    token = request.get("NextToken") or "0"
    if not token.isdigit():
        raise ValueError("The specified NextToken is invalid")
    start, size = int(token), request.get("MaxResults") or default
    more = {"NextToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], more
