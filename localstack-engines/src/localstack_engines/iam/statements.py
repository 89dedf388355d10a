"""Statements of policies, and the requests to which they apply."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from localstack_engines.iam import conditions
from localstack_engines.iam.conditions import as_list
from localstack_engines.iam.patterns import Context, matches
from localstack_engines.iam.principals import Principal

_WITH_VARIABLES = "2012-10-17"
"""The version of policies that have variables."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked for. `resource` is None when the ARN is not known: then a statement on any resource allows it."""

    principal: Principal
    action: str
    resource: str | None
    context: Context


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement in the spelling of its JSON."""

    body: Mapping[str, Any]
    variables: bool

    @property
    def denies(self) -> bool:
        return bool(self.body.get("Effect") == "Deny")

    @property
    def allows(self) -> bool:
        return bool(self.body.get("Effect") == "Allow")

    @property
    def sid(self) -> str:
        return str(self.body.get("Sid", ""))

    def applies(self, request: Request) -> bool:
        """Says whether action, resource and conditions are those of the request. Does not look at `Principal`."""
        return (
            self._names_action(request)
            and self._names_resource(request)
            and conditions.holds(self.body.get("Condition", {}), request.context, variables=self.variables)
        )

    def principals(self, request: Request) -> list[str]:
        """Returns the patterns in Principal that name the caller, or the whole account of the caller."""
        if "NotPrincipal" in self.body:
            named = _named(self.body["NotPrincipal"], request.principal)
            return [] if named else ["*"]
        return _named(self.body.get("Principal", {}), request.principal)

    def _names_action(self, request: Request) -> bool:
        if "NotAction" in self.body:
            return not self._one_matches("NotAction", request.action, None, ignore_case=True)
        return self._one_matches("Action", request.action, None, ignore_case=True)

    def _names_resource(self, request: Request) -> bool:
        if "Resource" not in self.body and "NotResource" not in self.body:
            # Policies of resources may leave out the resource that they belong to.
            return True
        if request.resource is None:
            return not self.denies or "*" in as_list(self.body.get("Resource", []))
        names = request.context if self.variables else None
        if "NotResource" in self.body:
            return not self._one_matches("NotResource", request.resource, names)
        return self._one_matches("Resource", request.resource, names)

    def _one_matches(self, element: str, value: str, names: Context | None, *, ignore_case: bool = False) -> bool:
        patterns = as_list(self.body.get(element, []))
        return any(matches(pattern, value, names, ignore_case=ignore_case) for pattern in patterns)


@lru_cache(maxsize=2048)
def parse(document: str) -> tuple[Statement, ...]:
    """Returns the statements of a policy document. A document that is not JSON has none.

    Not every service checks the policies that it takes. A statement without AWS's form is left out.
    """
    try:
        policy = json.loads(document)
    except (ValueError, RecursionError):
        return ()
    found = policy.get("Statement", []) if isinstance(policy, dict) else []
    statements = found if isinstance(found, list) else [found]
    variables = isinstance(policy, dict) and policy.get("Version") == _WITH_VARIABLES
    return tuple(Statement(body=one, variables=variables) for one in statements if _has_form(one))


def _has_form(statement: Any) -> bool:
    if not isinstance(statement, dict):
        return False
    conditions_of = statement.get("Condition", {})
    principals = (statement.get(element, "*") for element in ("Principal", "NotPrincipal"))
    return (
        isinstance(conditions_of, dict)
        and all(isinstance(keys, dict) for keys in conditions_of.values())
        and all(isinstance(one, str | list | dict) for one in principals)
    )


def _named(element: Any, principal: Principal) -> list[str]:
    """Returns what names the principal: its own ARNs, `*`, or its account."""
    patterns = as_list(element if isinstance(element, str | list) else element.get("AWS", []))
    mine = {principal.arn, principal.role_arn, "*", principal.account, f"arn:aws:iam::{principal.account}:root"}
    return [pattern for pattern in patterns if pattern in mine]
