"""The order in which routes are tried, and what their patterns match."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.gateway.model import Route
from localstack_engines.gateway.routes import ordered, pattern, variables

KEYS = [
    "GET /pets/dog/1",
    "GET /pets/dog/{id}",
    "ANY /pets/dog/{id}",
    "GET /{kind}/dog/1",
    "GET /pets/{proxy+}",
    "ANY /pets/{proxy+}",
    "POST /{proxy+}",
    "ANY /{proxy+}",
    "$default",
]


def routes(*keys: str) -> list[Route]:
    return [Route(id=f"r{number}", key=key) for number, key in enumerate(keys)]


@given(st.permutations(KEYS))
def test_the_order_does_not_depend_on_the_order_of_creation(keys: list[str]) -> None:
    assert [route.key for route in ordered(routes(*keys))] == KEYS


def chosen(request: str, *keys: str) -> str | None:
    """Returns the first route that matches, as HAProxy's `map_reg` does."""
    for route in ordered(routes(*keys)):
        # HAProxy's PCRE spells the end of the text \z.
        if re.search(pattern(route).replace(r"\z", r"\Z"), request):
            return route.key
    return None


@pytest.mark.parametrize(
    ("request_line", "key"),
    [
        ("GET/pets/dog/1", "GET /pets/dog/1"),
        ("GET/pets/dog/2", "GET /pets/dog/{id}"),
        ("PUT/pets/dog/2", "ANY /pets/dog/{id}"),
        ("GET/cats/dog/1", "GET /{kind}/dog/1"),
        ("GET/pets/cat/1", "GET /pets/{proxy+}"),
        ("PUT/pets/cat/1", "ANY /pets/{proxy+}"),
        ("POST/x", "POST /{proxy+}"),
        ("GET/x/y/z", "ANY /{proxy+}"),
        ("GET/", "$default"),
    ],
)
def test_the_most_specific_route_is_chosen(request_line: str, key: str) -> None:
    assert chosen(request_line, *KEYS) == key


@pytest.mark.parametrize(
    "request_line", ["GET/a.c", "GET/abc/", "GET/ab", "GETX/abc", "XGET/abc", "GET/abc\n", "GET//abc", "GET/ABC"]
)
def test_a_static_path_matches_only_itself(request_line: str) -> None:
    assert chosen(request_line, "GET /abc") is None


def test_special_characters_are_matched_literally() -> None:
    assert chosen("GET/a.b+c(d)", "GET /a.b+c(d)") == "GET /a.b+c(d)"
    assert chosen("GET/aXb+c(d)", "GET /a.b+c(d)") is None


def test_a_variable_has_the_number_of_its_segment() -> None:
    assert variables("GET /a/{id}/b/{rest+}") == {"id": (2, False), "rest": (4, True)}
    assert variables("$default") == {}


@given(st.lists(st.sampled_from(["a", "b.c", "{x}", "{y-z}"]), min_size=1, max_size=4))
def test_patterns_have_no_blanks(segments: list[str]) -> None:
    """A blank would end the key of a line in HAProxy's map."""
    assert not re.search(r"\s", pattern(Route(id="r", key="GET /" + "/".join(segments))))
