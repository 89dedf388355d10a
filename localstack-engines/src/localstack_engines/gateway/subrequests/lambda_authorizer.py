"""Lambda authorizers: what a function decided, for how long, and for which route.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import fnmatch
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from localstack_engines.gateway.subrequests import events
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, invoke

LOG = logging.getLogger(__name__)

ALLOW, DENY, UNAUTHORIZED, ERROR = "allow", "deny", "unauthorized", "error"
_MAX_ENTRIES = 10_000


@dataclass(frozen=True)
class Decision:
    """``context`` is what the function hands on to the integration."""

    verdict: str
    context: dict[str, Any]


class LambdaAuthorizers:
    """Asks the functions, and remembers answers for as long as each authorizer says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, ...], tuple[float, Any]] = {}

    def decide(self, identifier: str, authorizer: Any, call: Call) -> Decision:
        """``authorizer`` is moto's record, ``identifier`` what tells it from all others."""
        sources = authorizer.identity_source or []
        identity = [_identity(source, call) for source in sources]
        if not all(identity):
            # Without an identity there is nothing to ask about: the function is not invoked.
            return Decision(UNAUTHORIZED, {})
        version = authorizer.auth_payload_format_version
        values = [value for value in identity if value]
        try:
            answer = self._answer(identifier, authorizer, call, version, values)
            if version == "2.0" and authorizer.enable_simple_response:
                return _simple(answer)
            return _policy(answer, events.route_arn(call))
        except FunctionFailed as error:
            LOG.warning("authorizer %s failed: %s", authorizer.name, error)
            return Decision(ERROR, {})

    def _answer(self, identifier: str, authorizer: Any, call: Call, version: str, identity: list[str]) -> Any:
        ttl = float(authorizer.auth_result_ttl if authorizer.auth_result_ttl is not None else 300)
        key = (identifier, *identity)
        if ttl > 0 and identity and (found := self._remembered(key)):
            return found[0]
        arn = function_arn(authorizer.authorizer_uri, call.stage_variables)
        answer = invoke(arn, events.authorizer_event(call, version, identity))
        if ttl > 0 and identity:
            with self._lock:
                if len(self._answers) >= _MAX_ENTRIES:
                    self._answers.clear()
                self._answers[key] = (time.monotonic() + ttl, answer)
        return answer

    def _remembered(self, key: tuple[str, ...]) -> tuple[Any] | None:
        with self._lock:
            expires, answer = self._answers.get(key, (0.0, None))
        return (answer,) if time.monotonic() < expires else None


def _simple(answer: Any) -> Decision:
    if not isinstance(answer, dict) or not isinstance(answer.get("isAuthorized"), bool):
        raise FunctionFailed("the response has no isAuthorized")
    return Decision(ALLOW if answer["isAuthorized"] else DENY, answer.get("context") or {})


def _policy(answer: Any, arn: str) -> Decision:
    if not isinstance(answer, dict) or not isinstance(answer.get("policyDocument"), dict):
        raise FunctionFailed("the response has no policyDocument")
    statements = answer["policyDocument"].get("Statement") or []
    effects = {
        s.get("Effect") for s in ([statements] if isinstance(statements, dict) else statements) if _applies(s, arn)
    }
    context = {"principalId": answer.get("principalId"), **(answer.get("context") or {})}
    # An explicit Deny wins over any Allow, and what nothing allows is denied.
    return Decision(ALLOW if effects == {"Allow"} else DENY, context)


def _applies(statement: dict, arn: str) -> bool:
    def listed(name: str) -> list[str]:
        value = statement.get(name) or []
        return [value] if isinstance(value, str) else list(value)

    action = any(fnmatch.fnmatchcase("execute-api:invoke", pattern.lower()) for pattern in listed("Action"))
    return action and any(fnmatch.fnmatchcase(arn, pattern) for pattern in listed("Resource"))


def _identity(source: str, call: Call) -> str | None:
    kind, _, key = source.removeprefix("$").partition(".")
    if kind == "stageVariables":
        return call.stage_variables.get(key)
    if kind == "context":
        return {"httpMethod": call.method, "path": call.path, "routeKey": call.route_key, "stage": call.stage}.get(key)
    place, _, name = key.partition(".")
    if place == "header":
        return call.header(name.lower())
    return parse_qs(call.query).get(name, [None])[0]
