"""What decides which of AWS's APIs are reachable. All address ranges are those of this machine."""

from dataclasses import dataclass
from typing import Literal

WayOut = Literal["none", "public address only", "any address"]
"""Where the default route of a subnet leads: nowhere, to an internet gateway, or to what translates addresses."""


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The interface that a request comes from. `name` says whose it is."""

    name: str
    address: str
    groups: frozenset[str]
    vpc_id: str
    subnet_id: str
    route_table: str
    way_out: WayOut
    has_public_address: bool


@dataclass(frozen=True, kw_only=True)
class VpcEndpoint:
    """An available endpoint. An interface endpoint has security groups, a gateway endpoint has route tables.

    `has_private_dns` says whether the API's usual name leads to an interface endpoint.
    """

    id: str
    service: str
    is_interface: bool
    has_private_dns: bool
    groups: frozenset[str]
    route_tables: frozenset[str]
    policy: str


@dataclass(frozen=True)
class Path:
    """How a request leaves the VPC. `problem` is empty when it does; `policy` is that of the endpoint that it takes."""

    problem: str = ""
    policy: str | None = None
