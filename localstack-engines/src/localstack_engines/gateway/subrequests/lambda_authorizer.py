"""Lambda authorizers: a function's decision about a request, and how long it is kept.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import fnmatch
import logging
import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qs

from localstack_engines.gateway.model import LambdaAuthorizer
from localstack_engines.gateway.subrequests import events
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.lambda_functions import FunctionFailed, function_arn, invoke

LOG = logging.getLogger(__name__)

_MAX_ENTRIES = 10_000


class Outcome(StrEnum):
    """UNAUTHORIZED: the request does not say who it is from. ERROR: the function failed."""

    ALLOW = "allow"
    DENY = "deny"
    UNAUTHORIZED = "unauthorized"
    ERROR = "error"


@dataclass(frozen=True)
class Decision:
    """`context` is what the function passes on to the integration."""

    outcome: Outcome
    context: dict[str, Any]


class LambdaAuthorizers:
    """Invokes the functions, and keeps each result for as long as its authorizer says."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._results: dict[tuple[str, ...], tuple[float, Any]] = {}

    def decide(self, authorizer: LambdaAuthorizer, call: Call) -> Decision:
        """Returns the authorizer's decision about the request; a function that fails makes it `Outcome.ERROR`."""
        identity = [_identity(source, call) for source in authorizer.identity_sources]
        if not all(identity):
            # API Gateway does not invoke the function when an identity source is missing.
            return Decision(Outcome.UNAUTHORIZED, {})
        try:
            result = self._result(authorizer, call, [value for value in identity if value])
            return _decision(authorizer, result, call)
        except FunctionFailed as error:
            LOG.warning("authorizer %s failed: %s", authorizer.name, error)
            return Decision(Outcome.ERROR, {})

    def forget(self, api_id: str, stage: str) -> None:
        """Drops the results that are kept for a stage."""
        with self._lock:
            self._results = {key: kept for key, kept in self._results.items() if key[:2] != (api_id, stage)}

    def _result(self, authorizer: LambdaAuthorizer, call: Call, identity: list[str]) -> Any:
        is_kept = authorizer.result_ttl > 0 and bool(identity)
        key = (call.api_id, call.stage, authorizer.id, *identity)
        if is_kept and (kept := self._kept(key)):
            return kept[0]
        arn = function_arn(authorizer.uri, call.stage_variables)
        result = invoke(arn, events.authorizer_event(call, authorizer.payload_version, identity))
        # An answer that is no decision is not kept: the next request asks the function again.
        _decision(authorizer, result, call)
        if is_kept:
            with self._lock:
                if len(self._results) >= _MAX_ENTRIES:
                    self._results.clear()
                self._results[key] = (time.monotonic() + authorizer.result_ttl, result)
        return result

    def _kept(self, key: tuple[str, ...]) -> tuple[Any] | None:
        with self._lock:
            expires, result = self._results.get(key, (0.0, None))
        return (result,) if time.monotonic() < expires else None


def _decision(authorizer: LambdaAuthorizer, result: Any, call: Call) -> Decision:
    """Returns the decision in a function's result. Raises FunctionFailed when there is none."""
    if authorizer.payload_version == "2.0" and authorizer.simple_responses:
        return _simple(result)
    return policy_decision(result, events.route_arn(call))


def _simple(result: Any) -> Decision:
    if not isinstance(result, dict) or not isinstance(result.get("isAuthorized"), bool):
        raise FunctionFailed("the response has no isAuthorized")
    return Decision(Outcome.ALLOW if result["isAuthorized"] else Outcome.DENY, result.get("context") or {})


def policy_decision(result: Any, arn: str) -> Decision:
    """Returns the decision of a result that has an IAM policy. Raises FunctionFailed when it has none."""
    if not isinstance(result, dict) or not isinstance(result.get("policyDocument"), dict):
        raise FunctionFailed("the response has no policyDocument")
    statements = result["policyDocument"].get("Statement") or []
    effects = {
        s.get("Effect") for s in ([statements] if isinstance(statements, dict) else statements) if _applies(s, arn)
    }
    context = {"principalId": result.get("principalId"), **(result.get("context") or {})}
    # An explicit Deny outweighs any Allow, and without an Allow the request is denied.
    return Decision(Outcome.ALLOW if effects == {"Allow"} else Outcome.DENY, context)


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
