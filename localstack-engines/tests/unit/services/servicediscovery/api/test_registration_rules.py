"""The rules of RegisterInstance."""

from localstack_engines.services.servicediscovery.api.registration_rules import (
    initial_health,
    missing_attribute,
    port_error,
)

A_AND_SRV = {"DnsRecords": [{"Type": "A"}, {"Type": "SRV"}]}


def test_dns_records_require_their_attributes() -> None:
    assert missing_attribute(A_AND_SRV, {}) == "AWS_INSTANCE_IPV4"
    assert missing_attribute(A_AND_SRV, {"AWS_INSTANCE_IPV4": "10.0.0.1"}) == "AWS_INSTANCE_PORT"
    assert missing_attribute(A_AND_SRV, {"AWS_INSTANCE_IPV4": "10.0.0.1", "AWS_INSTANCE_PORT": "80"}) is None
    assert missing_attribute(None, {}) is None


def test_a_port_is_a_number_from_1_to_65535() -> None:
    assert port_error({"AWS_INSTANCE_PORT": "8080"}) is None
    assert port_error({"AWS_INSTANCE_PORT": "http"})
    assert port_error({"AWS_INSTANCE_PORT": "70000"})


def test_initial_health_counts_only_with_custom_checks() -> None:
    unhealthy = {"AWS_INIT_HEALTH_STATUS": "UNHEALTHY"}
    assert initial_health(unhealthy, custom=True) == "UNHEALTHY"
    assert initial_health(unhealthy, custom=False) == "HEALTHY"
