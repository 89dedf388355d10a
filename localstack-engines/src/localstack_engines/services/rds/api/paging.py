"""The pages of RDS's lists: `MaxRecords` is 20 to 100, and `Marker` is the token."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from localstack_engines.services.rds.errors import invalid_value
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager

Item = TypeVar("Item")


def check_page_size(request: Mapping[str, Any]) -> None:
    """Raises InvalidParameterValue for a page size that RDS does not accept. Lists that moto pages need it too."""
    size = request.get("MaxRecords")
    if size is not None and not 20 <= size <= 100:
        raise invalid_value(f"Invalid value {size} for MaxRecords. Must be between 20 and 100")


class _RdsPager(Pager):
    def page(
        self, items: Sequence[Item], request: Mapping[str, Any], default_size: int | None = None
    ) -> tuple[list[Item], dict[str, str]]:
        check_page_size(request)
        return super().page(items, request, default_size)


def _invalid_token(token: str) -> ServiceError:
    return invalid_value(f"Invalid marker: {token}")


PAGER = _RdsPager(size="MaxRecords", token="Marker", invalid_token=_invalid_token)  # noqa: S106 - a member's name
