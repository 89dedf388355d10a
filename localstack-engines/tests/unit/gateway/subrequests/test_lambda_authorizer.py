"""Decisions by a Lambda authorizer's policy."""

import pytest

from localstack_engines.gateway.subrequests.lambda_authorizer import Outcome, _policy

ALLOW, DENY = Outcome.ALLOW, Outcome.DENY
ROUTE_ARN = "arn:aws:execute-api:eu-west-1:123:api/dev/GET/a/1"


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([("Allow", "*")], ALLOW),
        ([("Allow", "arn:aws:execute-api:eu-west-1:123:api/dev/GET/*")], ALLOW),
        ([("Allow", "arn:aws:execute-api:eu-west-1:123:api/dev/POST/*")], DENY),
        ([("Allow", "*"), ("Deny", "*/a/1")], DENY),
        ([], DENY),
    ],
)
def test_a_policy_allows_or_denies_a_route(statements: list[tuple[str, str]], outcome: Outcome) -> None:
    document = [{"Effect": effect, "Action": "execute-api:Invoke", "Resource": [arn]} for effect, arn in statements]
    result = {"principalId": "p", "policyDocument": {"Statement": document}}
    assert _policy(result, ROUTE_ARN).outcome == outcome
