"""Decides about requests as AWS does: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from localstack_engines.iam.principals import Principal
from localstack_engines.iam.statements import Request, Statement, parse

_NO_IDENTITY_POLICY = "because no identity-based policy allows the {action} action"
_NO_RESOURCE_POLICY = "because no resource-based policy allows the {action} action"
_NO_BOUNDARY = "because no permissions boundary allows the {action} action"
_NO_ENDPOINT_POLICY = "because no VPC endpoint policy allows the {action} action"
_NO_SESSION_POLICY = "because no session policy allows the {action} action"


@dataclass(frozen=True)
class Decision:
    """Whether a request is allowed. `reason` completes AWS's error message and is empty when it is allowed.

    `sid` is the id of the statement that denies, if it has one.
    """

    allowed: bool
    reason: str = ""
    sid: str = ""


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy:
    """The policy of a resource. `account` owns the resource.

    `alone_decides` is true for KMS keys and trust policies of roles: without them nobody has access, whatever IAM says.
    """

    document: str
    account: str
    alone_decides: bool = False


def evaluate(
    principal: Principal,
    *,
    action: str,
    resource: str | None,
    context: Mapping[str, str | Iterable[str]] | None = None,
    resource_policy: ResourcePolicy | None = None,
    endpoint_policy: str | None = None,
) -> Decision:
    """Decides about an action (`s3:GetObject`) on a resource (its ARN, `*` for an action without a resource).

    `context` has the condition keys of the request besides those of the principal and the time. A resource of None
    stands for one whose ARN is not known: then every statement that allows the action allows it, and only one that
    denies it for all resources denies it.
    `endpoint_policy` is that of the VPC endpoint through which the request comes, or None.
    Account roots are allowed everything.
    """
    if principal.is_root:
        return Decision(True)
    keys = _normal({**principal.condition_keys(), **_of_time(datetime.now(UTC)), **(context or {})})
    request = Request(principal=principal, action=action, resource=resource, context=keys)
    denial = _denial(request, resource_policy, endpoint_policy)
    return denial or _barrier(request, endpoint_policy) or _grant(request, resource_policy)


def _of_time(now: datetime) -> dict[str, str]:
    return {"aws:CurrentTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"), "aws:EpochTime": str(int(now.timestamp()))}


def _normal(context: Mapping[str, str | Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {
        key.lower(): (values,) if isinstance(values, str) else tuple(str(one) for one in values)
        for key, values in context.items()
    }


def _denial(request: Request, resource_policy: ResourcePolicy | None, endpoint_policy: str | None) -> Decision | None:
    principal = request.principal
    kinds: list[tuple[str, Iterable[Statement]]] = [
        ("an identity-based policy", _statements(principal.policies)),
        ("a permissions boundary", _statements([principal.boundary] if principal.boundary else [])),
        ("a session policy", _statements(principal.session_policies)),
    ]
    if resource_policy is not None:
        kinds.append(("a resource-based policy", _naming(request, resource_policy.document)))
    if endpoint_policy is not None:
        kinds.append(("a VPC endpoint policy", _naming(request, endpoint_policy)))
    for kind, statements in kinds:
        for statement in statements:
            if statement.denies and statement.applies(request):
                return Decision(False, f"with an explicit deny in {kind}", statement.sid)
    return None


def _naming(request: Request, document: str) -> Iterable[Statement]:
    return (statement for statement in parse(document) if statement.principals(request))


def _barrier(request: Request, endpoint_policy: str | None) -> Decision | None:
    """Returns the refusal of a VPC endpoint that does not let the request through."""
    if endpoint_policy is None or any(s.allows and s.applies(request) for s in _naming(request, endpoint_policy)):
        return None
    return _refused(_NO_ENDPOINT_POLICY, request)


def _grant(request: Request, resource_policy: ResourcePolicy | None) -> Decision:
    principal = request.principal
    granted = _granted_to(request, resource_policy)
    other_account = resource_policy is not None and resource_policy.account != principal.account
    decides = resource_policy is not None and (resource_policy.alone_decides or other_account)
    if decides and not granted:
        return _refused(_NO_RESOURCE_POLICY, request)
    direct = bool(granted - _account_names(principal)) and not other_account
    if not direct and not _allows(principal.policies, request):
        return _refused(_NO_IDENTITY_POLICY, request)
    # A grant to the session or the user itself is not limited by what limits its role.
    if direct and principal.arn in granted:
        return Decision(True)
    if principal.boundary is not None and not _allows([principal.boundary], request):
        return _refused(_NO_BOUNDARY, request)
    if principal.session_policies and not _allows(principal.session_policies, request):
        return _refused(_NO_SESSION_POLICY, request)
    return Decision(True)


def _granted_to(request: Request, resource_policy: ResourcePolicy | None) -> set[str]:
    """Returns the names by which the resource's policy allows the caller the action."""
    if resource_policy is None:
        return set()
    allowing = (s for s in parse(resource_policy.document) if s.allows and s.applies(request))
    return {name for statement in allowing for name in statement.principals(request)}


def _account_names(principal: Principal) -> set[str]:
    """Returns the names of the whole account. They let the account's IAM policies decide, and allow nothing more."""
    return {principal.account, f"arn:aws:iam::{principal.account}:root"}


def _allows(documents: Iterable[str], request: Request) -> bool:
    return any(s.allows and s.applies(request) for s in _statements(documents))


def _statements(documents: Iterable[str]) -> Iterable[Statement]:
    return (statement for document in documents for statement in parse(document))


def _refused(reason: str, request: Request) -> Decision:
    return Decision(False, reason.format(action=request.action))
