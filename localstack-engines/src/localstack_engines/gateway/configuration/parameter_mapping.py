"""Parameter mapping: the rules that change a request before the integration and a response after it."""

import re

from localstack_engines.gateway.configuration.expressions import Scope, UnknownExpression, compile_value, references
from localstack_engines.gateway.configuration.syntax import literal, quote
from localstack_engines.gateway.model import Parameters

# These characters would end the path or the request line.
_ENCODED_IN_PATH = ((" ", "%20"), ("[?]", "%3F"), ("#", "%23"))


def request_rules(parameters: Parameters, scope: Scope) -> list[str]:
    """Returns rules for an integration's request parameters. Raises UnknownExpression.

    The keys are AWS's, "append:header.name" for instance.
    """
    rules = []
    if any(name.startswith("request.body") for _, value in parameters for name in references(value)):
        rules.append("http-request wait-for-body time 10s")
    for key, value in parameters:
        operation, _, target = key.partition(":")
        kind, _, name = target.partition(".")
        fmt = quote(compile_value(value, scope)) if value else "''"
        if kind == "header":
            rules.append(_header_rule("http-request", operation, name, fmt))
        elif kind == "querystring":
            rules += _query_rules(operation, name, fmt)
        elif key == "overwrite:path":
            # Percent signs stay as they are, because the request's own path is encoded already.
            encode = "".join(f""",'regsub("{text}","{code}",g)'""" for text, code in _ENCODED_IN_PATH)
            rules += [f"http-request set-var-fmt(txn.mapped) {fmt}"]
            rules += [f"http-request set-path %[var(txn.mapped){encode}]"]
        else:
            raise UnknownExpression(key)
    return rules


def response_rules(mappings: tuple[tuple[str, Parameters], ...], scope: Scope) -> list[str]:
    """Returns rules for an integration's response parameters, by status code. Raises UnknownExpression."""
    if not mappings:
        return []
    rules = ["http-response set-var(txn.integration_status) status"]
    if any(name.startswith("response.body") for _, group in mappings for _, v in group for name in references(v)):
        rules.append("http-response wait-for-body time 10s")
    for status, parameters in mappings:
        condition = f" if {{ var(txn.integration_status) -m int {int(status)} }}"
        for key, value in parameters:
            operation, _, target = key.partition(":")
            kind, _, name = target.partition(".")
            if kind == "header":
                fmt = quote(compile_value(value, scope)) if value else "''"
                rules.append(_header_rule("http-response", operation, name, fmt) + condition)
            elif key == "overwrite:statuscode" and re.fullmatch(r"[1-5]\d\d", value):
                rules.append(f"http-response set-status {value}{condition}")
            else:
                raise UnknownExpression(f"{key}: {value}")
    return rules


def _header_rule(ruleset: str, operation: str, name: str, fmt: str) -> str:
    action = {"append": "add-header", "overwrite": "set-header", "remove": "del-header"}[operation]
    return f"{ruleset} {action} {quote(name)}" + ("" if operation == "remove" else f" {fmt}")


def _query_rules(operation: str, name: str, fmt: str) -> list[str]:
    rules = []
    if operation in ("overwrite", "remove"):
        pattern = f"(?:^|&){re.escape(name)}(?:=[^&]*)?(?=&|$)"
        rules.append(f"""http-request set-query %[query,'regsub("{pattern}","",g)','regsub("^&","")']""")
    if operation in ("overwrite", "append"):
        rules += [
            f"http-request set-var-fmt(txn.mapped) {fmt}",
            "http-request set-var-fmt(txn.query) '%[query]&' if { query -m len gt 0 }",
            "http-request set-var(txn.query) str() if !{ query -m len gt 0 }",
            f"http-request set-query {quote(f'%[var(txn.query)]{literal(name)}=%[var(txn.mapped),url_enc]')}",
        ]
    return rules
