"""Answers of the load balancer itself: errors, fixed responses and redirects.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

import re
from pathlib import Path

from localstack_engines.gateway.configuration.syntax import digest, literal, quote
from localstack_engines.services.elbv2.engine.model import FixedResponse, Redirect

SERVER = "awselb/2.0"
BAD_GATEWAY_MARK = "x-engines-unreachable"
"""A header of the answer to a failed connection: HAProxy's status for it is 503, AWS's is 502."""

_REASONS = {
    400: "Bad Request",
    408: "Request Time-out",
    413: "Request Entity Too Large",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}
_MOVED = {301: "Moved Permanently", 302: "Found"}
_VARIABLE = re.compile(r"#\{(protocol|host|port|path|query)\}")


def defaults() -> list[str]:
    """Returns the lines of a defaults section for errors that HAProxy finds."""
    lines = [_error(status, status) for status in (400, 408, 413, 502, 504)]
    return [*lines, f"{_error(503, 502)} hdr {BAD_GATEWAY_MARK} 1"]


def restore_status() -> list[str]:
    """Returns the rules of a frontend that turn HAProxy's status for a failed connection into AWS's."""
    marked = f"{{ res.hdr({BAD_GATEWAY_MARK}) -m found }}"
    return [
        f"http-after-response set-status 502 reason 'Bad Gateway' if {marked}",
        f"http-after-response del-header {BAD_GATEWAY_MARK}",
    ]


def unavailable(condition: str) -> str:
    """Returns the rule for requests that no target can answer."""
    return f"http-request return status 503 {_content(_page(503, _REASONS[503]))} if {condition}"


def fixed_response(action: FixedResponse, directory: Path, condition: str) -> tuple[str, dict[str, str]]:
    """Returns the rule of a fixed response, and the files that it reads: name -> text."""
    name = f"body-{digest(action.body)[:16].lower()}.txt"
    if not action.body:
        return f"http-request return status {action.status} hdr server {SERVER} if {condition}", {}
    content_type = quote(f"{action.content_type}; charset=utf-8")
    rule = f"http-request return status {action.status} content-type {content_type} file {directory / name}"
    return f"{rule} hdr server {SERVER} if {condition}", {name: action.body}


def redirect(action: Redirect, listener_protocol: str, port: int, condition: str) -> list[str]:
    """Returns the rules of a redirect. The port is always a part of the location, as on AWS."""
    values = {
        "protocol": listener_protocol.lower(),
        "host": "%[req.hdr(host),host_only]",
        "port": str(port),
        "path": "%[path,regsub(^/,)]",
        "query": "%[query]",
    }
    location = f"{_expanded(action.protocol, values).lower() if '#' not in action.protocol else values['protocol']}://"
    location += f"{_expanded(action.host, values)}:{_expanded(action.port, values)}{_expanded(action.path, values)}"
    page = _content(_page(action.status, _MOVED[action.status]))
    start, query = f"http-request return status {action.status} {page} hdr location", _expanded(action.query, values)
    if not query:
        return [f"{start} {quote(location)} if {condition}"]
    # The query may turn out to be empty, and then there is no question mark.
    has_query = "" if _VARIABLE.sub("", action.query) else " { query -m found } { query -m len gt 0 }"
    return [
        f"{start} {quote(f'{location}?{query}')} if {condition}{has_query}",
        *([f"{start} {quote(location)} if {condition}"] if has_query else []),
    ]


def _expanded(text: str, values: dict[str, str]) -> str:
    """Returns a log-format string for text with variables in it."""
    parts, position = [], 0
    for found in _VARIABLE.finditer(text):
        parts += [literal(text[position : found.start()]), values[found[1]]]
        position = found.end()
    return "".join([*parts, literal(text[position:])])


def _error(status: int, shown: int) -> str:
    return f"http-error status {status} {_content(_page(shown, _REASONS[shown]))}"


def _content(page: str) -> str:
    return f"content-type text/html string {quote(page)} hdr server {SERVER}"


def _page(status: int, reason: str) -> str:
    title = f"{status} {reason}"
    return f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
