"""The files for custom domain names: the order in which mappings are tried, and what is never a pattern."""

import re
from pathlib import Path

from localstack_engines.gateway.configuration.custom_domains import files, rules
from localstack_engines.gateway.model import ApiMapping, CustomDomain, Gateway

DIRECTORY = Path("/edge")


def mapping(key: str) -> ApiMapping:
    return ApiMapping(key=key, api=f"api-of-{key.replace('/', '-') or 'all'}", stage="live")


GATEWAY = Gateway(
    domains=(
        CustomDomain(name="*.example.com", mappings=(mapping(""),)),
        CustomDomain(
            name="a.example.com", mappings=(mapping("v1"), mapping("v1/orders"), mapping("$x+(y)")), certificate="PEM"
        ),
    )
)


def chosen(request: str) -> str | None:
    """Returns what HAProxy's `map_reg` finds for host and path: the value of the first pattern that matches."""
    lines = files(GATEWAY, DIRECTORY)["mappings.map"].splitlines()
    found = (line.split(" ") for line in lines)
    return next((value for pattern, value in found if re.search(pattern, request)), None)


def test_the_longest_key_of_the_most_specific_domain_is_chosen() -> None:
    assert chosen("a.example.com/v1/orders/7") == "api-of-v1-orders|live|2"
    assert chosen("a.example.com/v1/orders") == "api-of-v1-orders|live|2"
    assert chosen("a.example.com/v1/ordersX") == "api-of-v1|live|1"
    assert chosen("a.example.com/v10") == "none"
    assert chosen("b.example.com/anything") == "api-of-all|live|0"
    assert chosen("b.b.example.com/") is None
    assert chosen("aXexample.com/v1") is None


def test_a_key_is_no_pattern() -> None:
    assert chosen("a.example.com/$x+(y)/7") == "api-of-$x+(y)|live|1"


def test_a_certificate_is_for_its_domain_name() -> None:
    written = files(GATEWAY, DIRECTORY)
    file, name = written["certificates.lst"].strip().split(" [] ")
    assert (written[Path(file).name], name) == ("PEM", "a.example.com")


def test_without_domain_names_there_is_nothing() -> None:
    assert (files(Gateway(), DIRECTORY), rules(Gateway(), DIRECTORY)) == ({}, [])
