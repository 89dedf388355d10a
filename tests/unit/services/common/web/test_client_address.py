"""The client's address: the one that the gateway saw, whatever the client claims."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from services.common.web.client_address import client_address


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ([], "192.0.2.1"),
        (["198.51.100.7"], "198.51.100.7"),
        (["10.0.0.1, 198.51.100.7"], "198.51.100.7"),
        (["10.0.0.1", "203.0.113.9,198.51.100.7"], "198.51.100.7"),
        (["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2::"),
        (["::ffff:198.51.100.7"], "198.51.100.7"),
        (["unknown"], "192.0.2.1"),
        (["198.51.100.7, "], "192.0.2.1"),
    ],
)
def test_only_the_last_address_counts(forwarded: list[str], address: str) -> None:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    scope = {"type": "http", "headers": headers, "client": ("192.0.2.1", 4711)}
    assert client_address(Request(scope)) == address


def test_an_unknown_client_has_no_address() -> None:
    assert client_address(Request({"type": "http", "headers": [], "client": None})) == ""
