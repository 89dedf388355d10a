"""The base of all groups of Cloud Map operations: the store, the data plane's view, look-ups and lists."""

from collections.abc import Callable, Iterable
from typing import Any

from localstack_engines.services.servicediscovery.api.filters import apply_filters
from localstack_engines.services.servicediscovery.api.paging import PAGER
from localstack_engines.services.servicediscovery.control.discovery import Discovery
from localstack_engines.services.servicediscovery.errors import instance_not_found, invalid_input
from localstack_engines.services.servicediscovery.store import Store

Request = dict[str, Any]
Response = dict[str, Any]
Fields = dict[str, Callable[[Any], Any]]
"""The values of a record to which the filters of an operation apply, by the filters' names."""


class Operations:
    """Finds what requests name. A change of a service's instances ends with a call of `discovery.notify`."""

    def __init__(self, store: Store, discovery: Discovery) -> None:
        self.store = store
        self.discovery = discovery

    def instance(self, service: Any, instance_id: str) -> Any:
        """Returns an instance of a service record. Raises InstanceNotFound."""
        for record in service.instances:
            if record.instance_id == instance_id:
                return record
        raise instance_not_found(instance_id)

    def page(
        self, records: Iterable[Any], request: Request, fields: Fields | None = None
    ) -> tuple[list[Any], dict[str, str]]:
        """Returns the requested page of the records that match the request's filters. Raises InvalidInput."""
        try:
            matching = apply_filters(records, request.get("Filters") or [], fields or {})
        except ValueError as invalid:
            raise invalid_input(str(invalid)) from invalid
        return PAGER.page(matching, request)
