"""A stage's access log format, filled in with what HAProxy reports about a request.

Source of the variables:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import json
import re
from typing import Any

from localstack_engines.gateway.route_record import Field, value
from localstack_engines.gateway.subrequests.events import log_time

_VARIABLE = re.compile(r"\$context\.([A-Za-z][\w.]*\w)")


def render(template: str, values: dict[str, Any]) -> str:
    """Returns the format with its variables replaced by values, unknown ones by "-"."""
    return _VARIABLE.sub(lambda found: str(values.get(found[1]) or "-"), template)


def context_values(account: str, line: dict) -> dict[str, Any]:
    """Returns the values of the variables for one of HAProxy's lines; `account` owns the API."""
    started = int(line.get("startedMs") or 0) / 1000
    route = line.get("route")
    latency = line.get("integrationLatencyMs")
    values: dict[str, Any] = {
        "accountId": account,
        "apiId": line.get("apiId"),
        "domainName": line.get("domainName"),
        "domainPrefix": (line.get("domainName") or "").partition(".")[0],
        "extendedRequestId": line.get("requestId"),
        "httpMethod": line.get("httpMethod"),
        "identity.sourceIp": line.get("sourceIp"),
        "identity.userAgent": line.get("userAgent"),
        "integration.latency": latency,
        "integration.status": line.get("integrationStatus"),
        "integrationLatency": latency,
        "integrationStatus": line.get("integrationStatus"),
        "path": line.get("path"),
        "protocol": line.get("protocol"),
        "requestId": line.get("requestId"),
        "requestTime": log_time(started),
        "requestTimeEpoch": int(started),
        "responseLatency": line.get("latencyMs"),
        "responseLength": line.get("bytesOut"),
        "routeKey": value(route, Field.KEY) if route else None,
        "stage": line.get("stage"),
        "status": line.get("status"),
    }
    for source, prefix in (("claims", "authorizer.claims."), ("authorizer", "authorizer.")):
        try:
            found = json.loads(line.get(source) or "{}")
        except ValueError:
            continue
        values.update({prefix + key: item for key, item in found.items()} if isinstance(found, dict) else {})
    return values
