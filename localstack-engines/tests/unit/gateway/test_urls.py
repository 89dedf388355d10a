"""URLs of HTTP endpoints that callers name."""

import pytest

from localstack_engines.gateway.urls import http_url


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("http://a.example/x?y=z", "a.example", 80),
        ("https://a.example.", "a.example.", 443),
        ("http://[::1]:8080/", "::1", 8080),
        ("http://under_score", "under_score", 80),
    ],
)
def test_a_url_has_a_host_and_a_port(text: str, host: str, port: int) -> None:
    found = http_url(text)
    assert found is not None
    assert (found[0].hostname, found[1]) == (host, port)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a.example", "ftp://a", "http://", "http://:80", "http://a:99999/", "http://a:b/", "http://[x"),
        *("http://a..b/", f"http://{'x' * 64}.example"),
    ],
)
def test_what_no_client_could_reach_is_none(text: str) -> None:
    assert http_url(text) is None
