"""Decisions by a Lambda authorizer's policy."""

import pytest

from localstack_engines.gateway.model import LambdaAuthorizer
from localstack_engines.gateway.subrequests import lambda_authorizer
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.lambda_authorizer import LambdaAuthorizers, Outcome, policy_decision

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
    assert policy_decision(result, ROUTE_ARN).outcome == outcome


AUTHORIZER = LambdaAuthorizer(
    id="a",
    name="n",
    uri="arn:aws:lambda:us-east-1:000000000000:function:f",
    payload_version="2.0",
    simple_responses=True,
    identity_sources=("$request.header.Authorization",),
)


def call(stage: str) -> Call:
    return Call(
        api_id="api",
        account="000000000000",
        region="us-east-1",
        stage=stage,
        route_key="GET /a",
        method="GET",
        path="/a",
        client_path="/a",
        route_path="/a",
        query="",
        headers=[("authorization", "token")],
        source_ip="127.0.0.1",
        domain="api.example",
        request_id="id",
        path_parameters={},
        stage_variables={},
        claims=None,
        scopes=None,
        authorizer=None,
        body=b"",
    )


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The results of the function, which the invocations take from the front."""
    answers: list[object] = []
    monkeypatch.setattr(lambda_authorizer, "invoke", lambda arn, event: answers.pop(0))
    return answers


def test_a_decision_is_kept_for_its_stage(answers: list[object]) -> None:
    authorizers = LambdaAuthorizers()
    answers += [{"isAuthorized": True}, {"isAuthorized": False}, {"isAuthorized": False}]
    assert authorizers.decide(AUTHORIZER, call("one")).outcome == ALLOW
    assert authorizers.decide(AUTHORIZER, call("two")).outcome == DENY
    assert authorizers.decide(AUTHORIZER, call("one")).outcome == ALLOW
    authorizers.forget("api", "one")
    assert authorizers.decide(AUTHORIZER, call("one")).outcome == DENY


def test_an_answer_that_is_no_decision_is_not_kept(answers: list[object]) -> None:
    authorizers = LambdaAuthorizers()
    answers += [{"isAuthorized": "yes"}, {"isAuthorized": True}]
    assert authorizers.decide(AUTHORIZER, call("one")).outcome == Outcome.ERROR
    assert authorizers.decide(AUTHORIZER, call("one")).outcome == ALLOW
