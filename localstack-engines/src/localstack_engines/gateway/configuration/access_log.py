"""HAProxy's log of the requests to APIs, from which the plugin makes their metrics and access logs.

Each request gives a line. It is short, unless a stage has access logging: then it is JSON with all that an access log
can name.
"""

from localstack_engines.gateway import route_record
from localstack_engines.gateway.configuration.syntax import quote
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import Gateway

_FIELDS = {
    "apiId": "var(txn.api)",
    "stage": "var(txn.stage)",
    "route": f"var({route_record.VARIABLE})",
    "requestId": "var(txn.request_id)",
    "httpMethod": "var(txn.method)",
    "path": "var(txn.path)",
    "domainName": "var(txn.domain)",
    "protocol": "var(txn.protocol)",
    "sourceIp": "src",
    "userAgent": "var(txn.user_agent)",
    "status": "txn.status",
    "bytesOut": "bytes_out",
    "startedMs": "var(txn.started)",
    "latencyMs": "txn.timer.total",
    "integrationLatencyMs": "var(txn.integration_latency)",
    "integrationStatus": "var(txn.upstream_status)",
    "claims": "var(txn.claims)",
    "authorizer": "var(txn.authorizer)",
    "termination": "txn.sess_term_state",
}


SHORT = ("apiId", "stage", "status", "latencyMs", "integrationLatencyMs")
"""The fields of a short line in their order."""

SEPARATOR = "|"
"""Between the fields of a short line. None of them contains it."""


def log_lines(edge: Edge, gateway: Gateway) -> list[str]:
    """Returns the lines of the edge frontend for the log; none without APIs."""
    if not gateway.apis:
        return []
    common = [
        f"log unix@{edge.access_log_socket} len 65535 format raw local0 info",
        "http-response set-var(txn.integration_latency) res.timer.hdr",
    ]
    if not any(stage.access_log for api in gateway.apis for stage in api.stages):
        return [*common, f"log-format {quote(SEPARATOR.join(f'%[{_FIELDS[name]}]' for name in SHORT))}"]
    items = " ".join(f"%({name})[{fetch}]" for name, fetch in _FIELDS.items())
    return [
        *common,
        f"log-format {quote('%{+json}o ' + items)}",
        "http-request set-var(txn.user_agent) req.fhdr(user-agent)",
        "http-request set-var-fmt(txn.protocol) 'HTTP/%[req.ver]'",
        "http-request set-var(txn.started) date(0,ms)",
    ]
