"""The connections that packet filters have denied, and the rule that each of them lacks (pure, but for the clock)."""

import json
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from localstack_engines.network.security_groups import ruleset
from localstack_engines.network.security_groups.model import Endpoint, Interface, Vpc, group_names
from localstack_engines.network.security_groups.rules import may_leave, may_send

_HOUR = 3600
_KEPT = 500
_DIRECTIONS = {ruleset.INPUT: "ingress", ruleset.OUTPUT: "egress"}


@dataclass(frozen=True, kw_only=True)
class Denial:
    """A peer whose packets were dropped. `name` and `address` are those of the filtered interface.

    `direction` is ingress for packets from the peer, egress for those to it. `port` is that of the side that the
    connection is to; 0 for protocols without ports.
    """

    name: str
    address: str
    direction: str
    peer: str
    protocol: str
    port: int
    packets: int
    last_time: datetime
    explanation: str


class History:
    """The denials of tasks that have ended, for an hour."""

    def __init__(self) -> None:
        self._denials: deque[Denial] = deque(maxlen=_KEPT)
        self._lock = threading.Lock()

    def add(self, denials: list[Denial]) -> None:
        with self._lock:
            self._denials.extend(denials)

    def recent(self) -> list[Denial]:
        oldest = datetime.now(UTC) - timedelta(seconds=_HOUR)
        with self._lock:
            return [one for one in self._denials if one.last_time > oldest]


def parse(listed: str, vpc: Vpc, own: Interface) -> list[Denial]:
    """Returns the denials in nft's JSON of the table."""
    now = datetime.now(UTC)
    found = []
    for item in json.loads(listed)["nftables"]:
        known = item.get("set") or {}
        if known.get("name") not in _DIRECTIONS:
            continue
        for element in known.get("elem") or []:
            found.append(_denial(_DIRECTIONS[known["name"]], element["elem"], vpc, own, now))
    return found


def _denial(direction: str, element: dict[str, Any], vpc: Vpc, own: Interface, now: datetime) -> Denial:
    peer, protocol, port = element["val"]["concat"]
    age = _HOUR - int(element.get("expires", _HOUR))
    return Denial(
        name=own.name,
        address=own.address,
        direction=direction,
        peer=str(peer),
        protocol=str(protocol),
        port=int(port),
        packets=int(element["counter"]["packets"]),
        last_time=now - timedelta(seconds=age),
        explanation=explain(direction, str(peer), str(protocol), int(port), vpc, own),
    )


def explain(direction: str, peer: str, protocol: str, port: int, vpc: Vpc, own: Interface) -> str:
    """Returns which rule a denied connection lacks, by the rules that there are now."""
    what = f"{protocol} {port}" if port else protocol
    if direction == "ingress":
        balancer = next((one for one in vpc.balancers if one.address == peer), None)
        if balancer is not None and not may_send(vpc, balancer, own, protocol, port):
            sender = f"{balancer.name} ({group_names(balancer.groups)})"
            return f"no egress rule of {sender} allows {what} to {_describe(own.address, vpc)}"
        return f"no ingress rule of {group_names(own.groups)} allows {what} from {_describe(peer, vpc)}"
    endpoint = _endpoint(peer, port, vpc)
    if endpoint is None:
        return f"no egress rule of {group_names(own.groups)} allows {what} to {_describe(peer, vpc)}"
    target = f"{endpoint.name} ({group_names(endpoint.groups)})"
    ports = "/".join(str(one) for one in sorted(endpoint.ports))
    if not may_leave(vpc, own, endpoint):
        return f"no egress rule of {group_names(own.groups)} allows {protocol} {ports} to {target}"
    return f"no ingress rule of {target} allows {protocol} {ports} from {group_names(own.groups)}"


def _endpoint(address: str, port: int, vpc: Vpc) -> Endpoint | None:
    for endpoint in vpc.endpoints:
        if (endpoint.address or vpc.resolver, endpoint.port) == (address, port):
            return endpoint
    return None


def _describe(address: str, vpc: Vpc) -> str:
    if address == vpc.resolver:
        return f"{address} (LocalStack: {group_names(vpc.resolver_groups)})"
    known = vpc.interfaces.get(address) or vpc.guests.get(address)
    return f"{address} ({known.name}: {group_names(known.groups)})" if known else address
