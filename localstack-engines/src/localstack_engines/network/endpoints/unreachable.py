"""The requests that have not reached one of AWS's APIs within the last hour, and why."""

import logging
import threading
from datetime import UTC, datetime, timedelta

from localstack_engines.network.endpoints.model import Caller
from localstack_engines.network.security_groups.denied import Denial

LOG = logging.getLogger(__name__)

_KEPT_FOR = timedelta(hours=1)
_KEPT = 500
_HTTPS = 443


class Unreachable:
    """Counts requests by their caller and the service."""

    def __init__(self) -> None:
        self._denials: dict[tuple[str, str, str], Denial] = {}
        self._lock = threading.Lock()

    def add(self, caller: Caller, service: str, explanation: str) -> None:
        """Counts a request. The log has a line for the first one of a caller."""
        key = caller.name, caller.address, service
        with self._lock:
            known = self._denials.pop(key, None)
            # The one that was seen last is the last one of the table.
            self._denials[key] = Denial(
                name=caller.name,
                address=caller.address,
                direction="egress",
                peer=service,
                protocol="tcp",
                port=_HTTPS,
                packets=known.packets + 1 if known else 1,
                last_time=datetime.now(UTC),
                explanation=explanation,
            )
            if len(self._denials) > _KEPT:
                self._denials.pop(next(iter(self._denials)))
        if known is None or known.explanation != explanation:
            LOG.warning("VPC endpoints: %s: %s", caller.name, explanation)

    def recent(self) -> list[Denial]:
        """Returns the requests of the last hour; `packets` is how many there were."""
        oldest = datetime.now(UTC) - _KEPT_FOR
        with self._lock:
            return [one for one in self._denials.values() if one.last_time > oldest]


unreachable = Unreachable()
"""The requests to this LocalStack."""
