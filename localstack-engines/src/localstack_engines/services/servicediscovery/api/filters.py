"""The filters of Cloud Map's list operations."""

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
    """Returns the items that match all filters. Raises ValueError for an unknown filter or condition."""
    kept = list(items)
    for entry in filters or []:
        field = fields.get(entry["Name"])
        matches = _CONDITIONS.get(entry.get("Condition", "EQ"))
        if field is None or matches is None:
            raise ValueError(f"Unsupported filter: {entry['Name']} {entry.get('Condition', 'EQ')}")
        kept = [item for item in kept if matches(str(field(item)), entry["Values"])]
    return kept
