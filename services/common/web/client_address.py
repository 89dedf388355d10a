"""The address of the client that sent a request."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Annotated

from fastapi import Depends, Request

_SITE_BITS = 64
"""The part of an IPv6 address that a provider gives to one customer at least (RFC 6177)."""


def client_address(request: Request) -> str:
    """Returns the client's IPv4 address, or the network of its IPv6 address. An empty text when it is unknown.

    The gateway appends the address that it sees to `X-Forwarded-For`, so only the last one is trusted: a client can
    write those before. Without the header, the address is that of the connection.
    """
    lines = request.headers.getlist("x-forwarded-for")
    connection = request.client.host if request.client else ""
    for candidate in (lines[-1].rpartition(",")[2].strip() if lines else "", connection):
        try:
            address = ip_address(candidate)
        except ValueError:
            continue
        if not isinstance(address, IPv6Address):
            return str(address)
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> _SITE_BITS << _SITE_BITS))
    return ""


async def _client_address(request: Request) -> str:
    return client_address(request)


ClientAddress = Annotated[str, Depends(_client_address)]
