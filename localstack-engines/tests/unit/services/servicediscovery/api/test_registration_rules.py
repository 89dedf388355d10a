"""Cloud Map's rules that need no LocalStack."""

import pytest

from localstack_engines.services.servicediscovery.api.filters import apply_filters, page
from localstack_engines.services.servicediscovery.api.registration_rules import (
    initial_health,
    missing_attribute,
    port_error,
)

A_AND_SRV = {"DnsRecords": [{"Type": "A"}, {"Type": "SRV"}]}


def test_dns_records_need_their_attributes() -> None:
    assert missing_attribute(A_AND_SRV, {}) == "AWS_INSTANCE_IPV4"
    assert missing_attribute(A_AND_SRV, {"AWS_INSTANCE_IPV4": "10.0.0.1"}) == "AWS_INSTANCE_PORT"
    assert missing_attribute(A_AND_SRV, {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "80"}) is None
    assert missing_attribute(None, {}) is None


def test_ports_are_numbers() -> None:
    assert port_error({"AWS_INSTANCE_PORT": "8080"}) is None
    assert port_error({"AWS_INSTANCE_PORT": "http"})
    assert port_error({"AWS_INSTANCE_PORT": "70000"})


def test_initial_health_counts_only_with_custom_checks() -> None:
    ill = {"AWS_INIT_HEALTH_STATUS": "UNHEALTHY"}
    assert initial_health(ill, custom=True) == "UNHEALTHY"
    assert initial_health(ill, custom=False) == "HEALTHY"


def test_filters() -> None:
    fields = {"NAME": lambda item: item}
    names = ["web.a", "web.b", "api"]
    starts = [{"Name": "NAME", "Values": ["web."], "Condition": "BEGINS_WITH"}]
    assert apply_filters(names, starts, fields) == ["web.a", "web.b"]
    assert apply_filters(names, [{"Name": "NAME", "Values": ["api"]}], fields) == ["api"]
    with pytest.raises(ValueError, match="Unsupported filter: COLOUR"):
        apply_filters(names, [{"Name": "COLOUR", "Values": ["x"]}], fields)


def test_pages() -> None:
    assert page([1, 2, 3], {"MaxResults": 2}) == ([1, 2], {"NextToken": "2"})
    assert page([1, 2, 3], {"MaxResults": 2, "NextToken": "2"}) == ([3], {})
    with pytest.raises(ValueError, match="NextToken"):
        page([1], {"NextToken": "x"})
