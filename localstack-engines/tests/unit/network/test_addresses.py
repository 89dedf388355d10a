"""AWS's address plan."""

import pytest

from localstack_engines.network.addresses import (
    SubnetFull,
    next_free,
    overlapping,
    resolver,
    router,
    same_place,
    substitute,
)


def test_reserved_addresses() -> None:
    assert (router("10.42.0.0/16"), resolver("10.42.0.0/16")) == ("10.42.0.1", "10.42.0.2")
    assert next_free("10.42.16.0/20", set()) == "10.42.16.4"
    assert next_free("10.42.16.0/28", {f"10.42.16.{n}" for n in range(4, 14)}) == "10.42.16.14"


def test_addresses_start_again_at_the_first_and_run_out() -> None:
    assert next_free("10.0.0.0/28", {"10.0.0.5"}, after="10.0.0.4") == "10.0.0.6"
    assert next_free("10.0.0.0/28", set(), after="10.0.0.14") == "10.0.0.4"
    with pytest.raises(SubnetFull):
        next_free("10.0.0.0/28", {f"10.0.0.{n}" for n in range(4, 15)})


def test_the_overlapping_network_is_found() -> None:
    networks = {"bridge": ["172.17.0.0/16"], "six": ["fd00::/64"], "other": ["10.42.128.0/17"]}
    assert overlapping("10.42.0.0/16", networks) == "other"
    assert overlapping("10.43.0.0/16", networks) is None


def test_a_range_that_is_taken_has_a_substitute_of_its_size() -> None:
    taken = {"first": ["100.64.0.0/16"], "second": ["10.0.0.0/16"]}
    assert substitute("10.0.0.0/16", taken, ["100.64.0.0/10"]) == "100.65.0.0/16"
    assert substitute("10.0.0.0/24", taken, ["100.64.0.0/16", "198.18.0.0/15"]) == "198.18.0.0/24"
    assert substitute("10.0.0.0/16", taken, ["100.64.0.0/16", "198.18.0.0/24"]) is None


def test_a_subnet_keeps_its_place_in_the_substitute() -> None:
    assert same_place("10.0.128.0/20", "10.0.0.0/16", "100.65.0.0/16") == "100.65.128.0/20"
    assert same_place("10.0.0.0/16", "10.0.0.0/16", "10.0.0.0/16") == "10.0.0.0/16"
