"""GET /_localstack/engines/network/denied: the connections that groups and VPC endpoints have denied, and why."""

from dataclasses import asdict
from typing import Any

from localstack_engines.bootstrap import introspection


class DeniedConnectionsResource:
    """The endpoint. It reads the counters of all tasks when it is asked."""

    def on_get(self, request: Any) -> dict:
        from localstack_engines.network.endpoints.unreachable import unreachable
        from localstack_engines.network.security_groups.enforcement import filters

        found = sorted([*filters.denials(), *unreachable.recent()], key=lambda one: one.last_time)
        denied = [{**asdict(one), "last_time": one.last_time.isoformat()} for one in found]
        return {"enforced": filters.is_on, "denied": denied}


def install() -> None:
    """Adds the endpoint to LocalStack's internal API."""
    from localstack.services.internal import get_internal_apis
    from rolo import Resource

    get_internal_apis().add(Resource(f"{introspection.PATH}/network/denied", DeniedConnectionsResource()))
