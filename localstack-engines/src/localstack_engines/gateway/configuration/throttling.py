"""Throttling of a stage or a route: 429 beyond the burst and the rate.

AWS's token bucket holds `burst` tokens and gains `rate` of them a second. Here at most `burst` requests pass in any
window of burst / rate seconds: the burst and the sustained rate are the same, and one HAProxy counter is enough.
Refused requests are not counted, so a client that keeps trying does not lock the API.
"""

from localstack_engines.gateway.configuration.syntax import answer, name
from localstack_engines.gateway.model import Throttle


def table_name(throttle: Throttle) -> str:
    """Returns the name of the section that holds the limit's counters."""
    return name("throttle", f"{throttle.rate:g}", str(throttle.burst))


def tables(throttles: set[Throttle]) -> list[list[str]]:
    """Returns the sections that hold the counters, one for each distinct limit."""
    return [
        [f"backend {table_name(throttle)}", f"    stick-table {_store(throttle)}"]
        for throttle in sorted(throttles, key=table_name)
        if not _nothing_passes(throttle)
    ]


def rules(throttle: Throttle) -> list[str]:
    """Returns rules for requests whose `txn.throttle` is the limit's table. They count by `txn.throttle_key`."""
    table = table_name(throttle)
    chosen = f"{{ var(txn.throttle) -m str {table} }}"
    if _nothing_passes(throttle):
        return [answer(429, "Too Many Requests", chosen)]
    return [
        f"http-request track-sc0 var(txn.throttle_key) table {table} if {chosen}",
        answer(429, "Too Many Requests", f"{chosen} {{ sc_gpc0_rate(0,{table}) ge {throttle.burst} }}"),
        f"http-request sc-inc-gpc0(0) if {chosen}",
    ]


def _nothing_passes(throttle: Throttle) -> bool:
    return throttle.rate <= 0 or throttle.burst <= 0


def _store(throttle: Throttle) -> str:
    window = max(1, round(throttle.burst / throttle.rate * 1000))
    return f"type string len 200 size 10k expire {max(window * 2, 10_000)}ms store gpc0_rate({window}ms)"
