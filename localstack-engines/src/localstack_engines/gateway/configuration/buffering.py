"""HAProxy's sections for requests whose body has no stated length.

API Gateway refuses a body of more than 10 MB before an integration gets any of it, and HAProxy cannot count a body that
it streams. So the plugin reads such a body whole and sends the request again, with its length, to a frontend that only
the plugin reaches. The rules of the edge have passed the request by then. They are not applied again: headers
(`integrations.STATE`) carry the variables that they set.
"""

from localstack_engines.gateway import headers, route_record
from localstack_engines.gateway.configuration.integrations import (
    DEFAULTS,
    REMOVE_CLIENTS_HEADERS,
    STATE,
    set_state_headers,
    to_plugin,
)
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.route_record import Field, fetch

BACKEND = "buffer"

MAX_BODIES = 32
"""How many bodies of 10 MB at most the plugin holds at once for each HAProxy process. More are answered with 503.

A former process that still serves connections after a reload has a count of its own.
"""

LENGTH_IS_UNKNOWN = (
    "{ req.hdr(transfer-encoding) -m found }",
    "{ req.ver 2.0 } { method POST PUT PATCH } !{ req.hdr(content-length) -m found }",
)

SET_UNAVAILABLE = [
    # HAProxy's 502 stands for a target that broke off before it answered: AWS calls that unavailable. An
    # integration's own 502 stays.
    "http-response set-var(txn.upstream_status) status if { var(txn.api) -m found }",
    "http-after-response set-status 503 if { status 502 } { var(txn.api) -m found } "
    "!{ var(txn.upstream_status) -m found }",
]


def render(edge: Edge) -> list[list[str]]:
    """Returns the section that requests leave through, and the one that they come back to."""
    addresses = "%[src] %[dst] %[src_port] %[dst_port]"
    leave = [
        # The plugin takes 20 seconds at most for a body, and an integration 30 for its answer.
        "timeout server 60s",
        "timeout queue 1s",
        REMOVE_CLIENTS_HEADERS,
        f"http-request set-header {headers.SUBREQUEST} buffer",
        f"http-request set-header {headers.ROUTE} %[var({route_record.VARIABLE})]",
        f"http-request set-header {headers.CLIENT} 'TCP6 {addresses}'",
        f"http-request set-header {headers.CLIENT} 'TCP4 {addresses}' if {{ src -m ip 0.0.0.0/0 }}",
        *set_state_headers(),
        f"{to_plugin(edge)} maxconn {MAX_BODIES}",
    ]
    come_back = [
        "timeout client 60s",
        f"bind unix@{edge.buffered_socket} mode 600 accept-proxy",
        f"http-request set-var({route_record.VARIABLE}) req.fhdr({headers.ROUTE})",
        "http-request set-var(txn.method) method",
        *(
            f"http-request set-var({variable}) req.fhdr({header}){',b64dec' if is_json else ''}"
            for header, (variable, is_json) in STATE.items()
        ),
        REMOVE_CLIENTS_HEADERS,
        *SET_UNAVAILABLE,
        # A section that has been removed since then is answered with 503.
        f"use_backend %[{fetch(Field.BACKEND)}]",
    ]
    return [
        [f"backend {BACKEND} from {DEFAULTS}", *(f"    {line}" for line in leave)],
        [f"frontend buffered from {DEFAULTS}", *(f"    {line}" for line in come_back)],
    ]
