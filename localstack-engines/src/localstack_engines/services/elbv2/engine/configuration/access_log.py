"""Logs: HAProxy sends LocalStack a datagram with a JSON object for each request to an HTTP listener.

The object is short, with what metrics need, unless the load balancer has an access log.
"""

from localstack_engines.gateway.configuration.syntax import quote

_ALIASES = {
    "target": "si",
    "targetPort": "sp",
    "requestMs": "TR",
    "queueMs": "Tw",
    "connectMs": "Tc",
    "targetMs": "Tr",
    "received": "U",
    "sent": "B",
    "method": "HM",
    "uri": "HU",
    "version": "HV",
}
"""HAProxy's names of what it measures, by the names in the object."""
_FETCHES = {
    "client": "src",
    "clientPort": "src_port",
    "status": "txn.status",
    "targetStatus": "var(txn.target_status)",
    "host": "var(txn.host)",
    "userAgent": "var(txn.user_agent)",
    "cipher": "ssl_fc_cipher",
    "protocol": "ssl_fc_protocol",
    "sni": "ssl_fc_sni",
    "rule": "var(txn.rule)",
    "pool": "var(txn.pool)",
    "trace": "var(txn.trace_id)",
    "location": "var(txn.location)",
    "startedMs": "var(txn.started)",
    "endedMs": "date(0,ms)",
}


_OF_METRICS = ("status", "targetStatus", "pool", "targetMs")


def lines(address: str, port: int, *, complete: bool) -> list[str]:
    """Returns the lines of a frontend whose requests are logged, before all other rules."""
    items = " ".join(
        [
            *(f"%({name}){alias}" for name, alias in _ALIASES.items() if complete or name in _OF_METRICS),
            *(f"%({name})[{fetch}]" for name, fetch in _FETCHES.items() if complete or name in _OF_METRICS),
        ]
    )
    common = [
        f"log {address}:{port} len 65535 format raw local0 info",
        f"log-format {quote('%{+json}o ' + items)}",
        # The worker that takes the request over logs it.
        "http-request set-log-level silent if { stopping }",
        "http-response set-var(txn.target_status) status",
    ]
    if not complete:
        return common
    return [
        *common,
        "http-request set-var(txn.started) date(0,ms)",
        "http-request set-var(txn.host) req.hdr(host)",
        "http-request set-var(txn.user_agent) req.fhdr(user-agent)",
        "http-after-response set-var(txn.location) res.hdr(location) if !{ var(txn.target_status) -m found }",
    ]
