"""The pages of ELBv2's lists."""

from collections.abc import Sequence
from typing import Any, TypeVar

from localstack_engines.services.elbv2.errors import validation
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager

Item = TypeVar("Item")


def _invalid_marker(marker: str) -> ServiceError:
    return validation(f"The marker '{marker}' is not valid")


_PAGER = Pager("PageSize", "Marker", _invalid_marker, default_size=400)


def page(items: Sequence[Item], request: dict[str, Any]) -> tuple[list[Item], dict[str, str]]:
    """Returns the requested page and `{"NextMarker": ...}` while there is more. Raises ValidationError."""
    found, more = _PAGER.page(items, request)
    return found, {"NextMarker": more["Marker"]} if more else {}
