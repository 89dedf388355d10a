"""Fn::Cidr, Fn::Equals, literals of Fn::Sub, and the addresses of APIs in templates."""

from typing import Any

import pytest

from localstack_engines.cloudformation.functions import InvalidArguments, are_equal, blocks, literal, local_url


@pytest.fixture(autouse=True)
def edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGINES_EDGE_PORT", "7123")


def test_blocks_follow_each_other() -> None:
    assert blocks(["10.0.0.0/16", "3", "8"]) == ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]
    assert blocks(["10.0.0.0/16", 1]) == ["10.0.0.0/24"]
    assert blocks(["2001:db8::/56", 2, 64]) == ["2001:db8::/64", "2001:db8:0:1::/64"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["10.0.0.0/24", 2, 8], "cannot make 2 blocks of 8 bits in 10.0.0.0/24"),
        (["10.0.0.0/24", 1, 9], "cannot make 1 blocks"),
        (["10.0.0.0/8", 257, 8], "between 1 and 256"),
        (["no block", 1, 8], "valid IP block: no block"),
        (["10.0.0.0/16", "x", 8], "requires an IP block"),
        ("10.0.0.0/16", "requires an IP block"),
        (None, "requires an IP block"),
    ],
)
def test_arguments_that_make_no_blocks_are_refused(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidArguments, match=message):
        blocks(arguments)


def test_an_attribute_that_is_not_known_yet_stands_for_its_blocks() -> None:
    assert blocks(["known later", 2, 8], known=False) == ["known later", "known later"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://ab12.execute-api.us-east-1.amazonaws.com/Prod/a", "http://ab12.execute-api.{host}/Prod/a"),
        ("https://ab12.execute-api.us-east-1.localhost.localstack.cloud/", "http://ab12.execute-api.{host}/"),
        ("wss://ab12.execute-api.eu-west-1.amazonaws.com/live", "ws://ab12.execute-api.{host}/live"),
        ("http://ab12.execute-api.{host}/x", "http://ab12.execute-api.{host}/x"),
        ("https://ab12.execute-api.us-east-1.amazonaws.com", "http://ab12.execute-api.{host}"),
    ],
)
def test_the_address_of_an_api_is_that_of_the_local_one(url: str, expected: str) -> None:
    host = "localhost.localstack.cloud:7123"
    assert local_url(url.format(host=host)) == expected.format(host=host)


@pytest.mark.parametrize("text", ["https://example.com/", "see https://ab12.execute-api.us-east-1.amazonaws.com/", ""])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert local_url(text) == text


@pytest.mark.parametrize(
    ("variable", "text"),
    [("!Name", "${Name}"), ("!aws:username", "${aws:username}"), ("Name", None), (["!Name", "Arn"], None)],
)
def test_a_variable_with_a_mark_is_a_literal(variable: Any, text: str | None) -> None:
    assert literal(variable) == text


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("true", True, True),
        ("True", True, False),
        (1, "1", True),
        (1, True, False),
        ("", "", True),
        (["a"], ["a"], True),
    ],
)
def test_scalars_are_compared_as_text(one: Any, other: Any, equal: bool) -> None:
    assert are_equal([one, other]) is equal
