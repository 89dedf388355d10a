"""The handler in LocalStack's chain that asks IAM, after a request was parsed and before its service gets it."""

import json
import logging
from typing import Any

from localstack.aws.protocol.serializer import create_serializer
from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

from localstack_engines.iam import principals
from localstack_engines.iam.enforcement import answers, condition_keys, records
from localstack_engines.iam.enforcement.actions import ALWAYS_ALLOWED
from localstack_engines.iam.enforcement.arns import Scope
from localstack_engines.iam.enforcement.mode import Mode, mode
from localstack_engines.iam.enforcement.permission import Permission
from localstack_engines.iam.enforcement.permissions import permissions
from localstack_engines.iam.evaluation import Decision, ResourcePolicy, evaluate
from localstack_engines.iam.principals import ExpiredToken, Principal
from localstack_engines.toolkit.errors import ServiceError

LOG = logging.getLogger(__name__)

ENDPOINT_POLICY = "vpc_endpoint_policy"
"""The attribute of a request's context that has the policy of the VPC endpoint through which the request comes."""


def install() -> None:
    """Adds the handler to LocalStack's chain, unless IAM is off. Raises ValueError for an unknown mode."""
    from localstack.aws import handlers

    chosen = mode()
    LOG.info("IAM: %s", chosen)
    if chosen != "off":
        handlers.serve_custom_service_request_handlers.append(Enforcement(chosen))


class Enforcement:
    """Answers requests that IAM does not allow, or only logs what is missing. Calls of LocalStack's own pass."""

    def __init__(self, chosen: Mode) -> None:
        self._enforces = chosen == "enforce"

    def __call__(self, chain: Any, context: Any, response: Any) -> None:
        if context.operation is None or context.is_internal_call:
            return
        error = _problem(context)
        if error is None or not self._enforces:
            return
        context.service_exception = error
        serializer = create_serializer(context.service, context.protocol)
        response.update_from(
            serializer.serialize_error_to_response(
                error, context.operation, context.request.headers, context.request_id
            )
        )
        chain.stop()


def _problem(context: Any) -> ServiceError | None:
    """Returns the error of a request that is not allowed, and logs it."""
    service, protocol = context.service.service_name, context.protocol
    access_key_id = extract_access_key_id_from_auth_header(context.request.headers)
    if not access_key_id or not principals.is_issued(access_key_id):
        return None
    try:
        principal = principals.find(access_key_id, _session_token(context.request))
    except ExpiredToken:
        LOG.warning("IAM: %s is used after its session's end", access_key_id)
        return answers.expired(service, protocol)
    if principal is None:
        LOG.warning("IAM: nobody has the access key %s", access_key_id)
        return answers.unknown(service, protocol)
    return _refusal(context, principal)


def _session_token(request: Any) -> str | None:
    """Returns the session's token, which a presigned URL has in its query, in lower case with version 2 signatures."""
    name = "X-Amz-Security-Token"
    return request.headers.get(name) or request.args.get(name) or request.args.get(name.lower())


def _refusal(context: Any, principal: Principal) -> ServiceError | None:
    service, operation, members = context.service.service_name, context.operation.name, context.service_request or {}
    scope = Scope(context.account_id, context.region)
    method = (context.operation.http or {}).get("method", "")
    for permission in permissions(service, operation, scope, members, method):
        about = members if permission.about is None else permission.about
        keys = condition_keys.keys(service, scope, about, context.request)
        policy = records.policy(service, scope, about)
        decision = _decision(principal, permission, keys, policy, getattr(context, ENDPOINT_POLICY, None))
        if not decision.allowed:
            LOG.warning(
                "IAM: %s; %s", answers.text(service, principal, permission, decision), _remedy(permission, decision)
            )
            return answers.denied(service, context.protocol, principal, permission, decision)
    return None


def _decision(
    principal: Principal,
    permission: Permission,
    keys: condition_keys.Keys,
    policy: ResourcePolicy | None,
    endpoint_policy: str | None,
) -> Decision:
    """Decides by all names that the resource has: one may allow, none may be denied."""
    if permission.action in ALWAYS_ALLOWED:
        return Decision(True)
    if permission.passed_to:
        keys = {**keys, "iam:PassedToService": permission.passed_to}
    # The policy belongs to what the request is about, not to the roles in it.
    own_policy = None if permission.passed_to else policy
    decisions = [
        evaluate(
            principal,
            action=permission.action,
            resource=name,
            context={**keys, **condition_keys.of_resource(name)},
            resource_policy=own_policy,
            endpoint_policy=None if permission.passed_to else endpoint_policy,
        )
        for name in permission.names
    ]
    denials = [one for one in decisions if one.reason.startswith("with an explicit deny")]
    allowing = [one for one in decisions if one.allowed]
    return [*denials, *allowing, *decisions][0]


def _remedy(permission: Permission, decision: Decision) -> str:
    """Returns the statement that is missing, or the one that denies."""
    if decision.sid:
        return f"the statement {decision.sid} denies it"
    if decision.reason.startswith("with an explicit deny"):
        return "a statement without Sid denies it"
    missing = {"Effect": "Allow", "Action": permission.action, "Resource": permission.names[0] or "*"}
    return f"missing: {json.dumps(missing)}"
