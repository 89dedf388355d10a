"""Selection expressions of WebSocket APIs."""

import pytest

from localstack_engines.gateway.websockets.selection import (
    evaluate,
    look_up,
    parsed,
    refers_to_message,
    unknown_reference,
)

VALUES = {
    "request": {"body": {"action": "send", "a": {"b": "deep", "flag": True}, "n": 7, "list": [1]}},
    "context": {"stage": "dev", "identity": {"sourceIp": "1.2.3.4"}},
    "stageVariables": {"colour": "green"},
}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$request.body.action", "send"),
        ("${request.body.action}", "send"),
        ("$request.body.a.b", "deep"),
        ("$request.body.a.flag", "true"),
        ("$request.body.n", "7"),
        ("$request.body.list", "[1]"),
        ("$request.body.none", ""),
        ("$request.body.action.none", ""),
        ("${request.body.action}/${context.stage}", "send/dev"),
        ("$context.identity.sourceIp", "1.2.3.4"),
        ("$stageVariables.colour", "green"),
        (r"\$default", "$default"),
        ("200", "200"),
    ],
)
def test_an_expression_gives_text(expression: str, expected: str) -> None:
    assert evaluate(expression, VALUES) == expected


def test_a_message_that_is_no_object_has_no_values() -> None:
    for text in ("no JSON", "[1]", "7", "null", "", "[" * 100_000):
        assert look_up({"request": {"body": parsed(text)}}, "request.body.action") is None


def test_references_without_a_root_are_found() -> None:
    assert unknown_reference("$request.nothing") == "request.nothing"
    assert unknown_reference("${nonsense}") == "nonsense"
    assert unknown_reference("${request.body.a}-$context.stage-$stageVariables.b") is None
    assert unknown_reference(r"\$default") is None
    assert refers_to_message("x-${request.body.a}")
    assert not refers_to_message("$context.stage")
