"""Marker and MaxRecords, for the lists that moto does not page."""

from typing import Any

from localstack_engines.services.rds.errors import invalid_value


def check_size(request: dict[str, Any]) -> int:
    """The size of a page; RDS accepts 20 to 100."""
    size = request.get("MaxRecords")
    if size is not None and not 20 <= size <= 100:
        raise invalid_value(f"Invalid value {size} for MaxRecords. Must be between 20 and 100")
    return int(size or 100)


def page(request: dict[str, Any], key: str, items: list[Any]) -> dict[str, Any]:
    """The page of ``items`` that a describe request asks for, under ``key``."""
    size = check_size(request)
    marker = request.get("Marker") or "0"
    if not marker.isdigit() or int(marker) > len(items):
        raise invalid_value(f"Invalid marker: {marker}")
    start, end = int(marker), int(marker) + size
    return {key: items[start:end], **({"Marker": str(end)} if end < len(items) else {})}
