"""CORS of an API: HAProxy answers preflight requests and replaces the integration's own CORS headers.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
"""

import re

from localstack_engines.gateway.configuration.syntax import literal, quote
from localstack_engines.gateway.model import Cors

_GRANTS = ("origin", "methods", "headers", "credentials")


def request_rules(cors: Cors, chosen: str) -> list[str]:
    """Returns rules that keep an allowed origin in `txn.origin` and answer preflight requests, allowed or not."""
    origin = f"http-request set-var(txn.origin) req.fhdr(origin) if {chosen} {{ req.fhdr(origin) -m found }}"
    rules = [origin] if "*" in cors.allow_origins else [f"{origin} {_origins(cors)}"]
    if "*" in cors.allow_origins and not cors.allow_credentials:
        rules.append(f"http-request set-var(txn.origin) str(*) if {chosen} {{ var(txn.origin) -m found }}")
    preflight = (
        f"{chosen} {{ method OPTIONS }} {{ req.fhdr(origin) -m found }} "
        "{ req.fhdr(access-control-request-method) -m found }"
    )
    rules.append(f"http-request set-var(txn.preflight) bool(true) if {preflight}")
    rules.append(f"http-request return status 204 if {preflight}")
    return rules


def response_rules(cors: Cors, chosen: str) -> list[str]:
    """Returns rules that set the CORS headers of responses."""
    granted = f"{chosen} {{ var(txn.origin) -m found }}"
    preflight = f"{granted} {{ var(txn.preflight) -m bool }}"
    rules = [f"http-after-response del-header access-control-allow-{kind} if {chosen}" for kind in _GRANTS]
    rules += [f"http-after-response del-header access-control-{k} if {chosen}" for k in ("expose-headers", "max-age")]
    rules.append(f"http-after-response set-header access-control-allow-origin %[var(txn.origin)] if {granted}")
    if cors.allow_credentials:
        rules.append(f"http-after-response set-header access-control-allow-credentials true if {granted}")
    if "*" not in cors.allow_origins:
        # The answer depends on the origin: a cache must not give it to another one.
        rules.append(f"http-after-response add-header vary Origin if {chosen}")
    if cors.expose_headers:
        rules.append(_set("access-control-expose-headers", cors.expose_headers, granted))
    if cors.allow_methods:
        rules.append(_set("access-control-allow-methods", cors.allow_methods, preflight))
    if cors.allow_headers:
        rules.append(_set("access-control-allow-headers", cors.allow_headers, preflight))
    if cors.max_age is not None:
        rules.append(f"http-after-response set-header access-control-max-age {cors.max_age} if {preflight}")
    return rules


def _set(header: str, values: tuple[str, ...], condition: str) -> str:
    return f"http-after-response set-header {header} {quote(literal(','.join(values)))} if {condition}"


def _origins(cors: Cors) -> str:
    """Returns a condition that matches an origin by its exact name, or by its scheme for "https://*"."""
    patterns = [re.escape(origin).replace(r"\*", ".*") for origin in cors.allow_origins]
    return (
        "{ req.fhdr(origin) -m reg " + quote(f"^(?:{'|'.join(patterns)})$") + " }" if patterns else "{ always_false }"
    )
