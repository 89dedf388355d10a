"""Wildcards of conditions as regular expressions."""

import re

import pytest

from localstack_engines.services.elbv2.engine.configuration.conditions import acl, wildcard
from localstack_engines.services.elbv2.engine.model import Condition


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("/img/*", "/img/a/b.png", "/img"),
        ("/a?c", "/abc", "/ac"),
        (r"/what\?*", "/what?x", "/whatx"),
        (r"/\*", "/*", "/a"),
        ("/a.b(c)+", "/a.b(c)+", "/axb(c)"),
        ("/back\\", "/back\\", "/back"),
    ],
)
def test_wildcards(pattern: str, matching: str, other: str) -> None:
    expression = re.compile(wildcard(pattern))
    assert expression.fullmatch(matching)
    assert not expression.fullmatch(other)


@pytest.mark.parametrize(
    ("pair", "matching", "other"),
    [
        (("version", "v1"), "a=b&version=v1", "version=v12"),
        (("version", "v1"), "version=v1&a=b", "xversion=v1"),
        (("", "*abc*"), "x=1&y=zabcz", "abc=1"),
        (("k*", "1?"), "key=12", "key=1"),
    ],
)
def test_query_strings(pair: tuple[str, str], matching: str, other: str) -> None:
    (line,) = acl("name", Condition(field="query-string", pairs=(pair,)))
    expression = re.compile(line.split("'")[1], re.IGNORECASE)
    assert expression.search(matching)
    assert not expression.search(other)


def test_each_value_is_a_line_of_the_acl() -> None:
    lines = acl("r1-0", Condition(field="http-request-method", values=("GET", "PUT")))
    assert lines == ["acl r1-0 method -m str 'GET'", "acl r1-0 method -m str 'PUT'"]


def test_a_quote_cannot_end_the_word() -> None:
    (line,) = acl("r1-0", Condition(field="http-header", name="x", values=("a'b",)))
    assert "a'\\''b" in line
