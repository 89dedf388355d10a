"""What an access log can say about an event of a WebSocket API.

Source of the variables:
https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_engines.gateway.websockets.calls import Call, context


def line(call: Call, status: int, milliseconds: float) -> dict[str, Any]:
    """Returns the line for `AccessLogs`: its stage and time, and the values of the variables."""
    values = {
        **dict(_flat(context(call))),
        "accountId": call.api.account,
        "integration.latency": round(milliseconds),
        "integration.status": status,
        "integrationLatency": round(milliseconds),
        "status": status,
    }
    return {"apiId": call.api.id, "stage": call.stage.name, "startedMs": int(call.at * 1000), "values": values}


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
