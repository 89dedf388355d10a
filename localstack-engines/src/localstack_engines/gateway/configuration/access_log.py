"""Access logs: HAProxy sends a line of JSON for each request of a stage that wants them."""

from localstack_engines.gateway.configuration.sections import Door
from localstack_engines.gateway.configuration.syntax import quote
from localstack_engines.gateway.model import Gateway

_FIELDS = {
    "apiId": "var(txn.api)",
    "stage": "var(txn.stage)",
    "match": "var(txn.match)",
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


def log_lines(door: Door, gateway: Gateway) -> list[str]:
    """Lines of the edge frontend; none when no stage has access logs."""
    if not any(stage.access_log for api in gateway.apis for stage in api.stages):
        return []
    items = " ".join(f"%({name})[{fetch}]" for name, fetch in _FIELDS.items())
    return [
        f"log unix@{door.access_log_socket} len 65535 format raw local0 info",
        f"log-format {quote('%{+json}o ' + items)}",
        "http-request set-var(txn.user_agent) req.fhdr(user-agent)",
        "http-request set-var-fmt(txn.protocol) 'HTTP/%[req.ver]'",
        "http-request set-var(txn.started) date(0,ms)",
        "http-response set-var(txn.integration_latency) res.timer.hdr",
    ]
