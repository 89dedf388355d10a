"""What RegisterInstance demands of attributes, by the service's DNS records (pure)."""

from typing import Any

_ADDRESS = {
    "A": "AWS_INSTANCE_IPV4",
    "AAAA": "AWS_INSTANCE_IPV6",
    "CNAME": "AWS_INSTANCE_CNAME",
    "SRV": "AWS_INSTANCE_PORT",
}


def missing_attribute(dns_config: dict[str, Any] | None, attributes: dict[str, str]) -> str | None:
    """The name of the attribute without which a record of the service could not be made, if there is one.

    Source: RegisterInstance, "Attributes" (an alias target replaces the address attributes).
    """
    if "AWS_ALIAS_DNS_NAME" in attributes:
        return None
    for record in (dns_config or {}).get("DnsRecords") or []:
        needed = _ADDRESS.get(record["Type"])
        if needed and not attributes.get(needed):
            return needed
    return None


def port_error(attributes: dict[str, str]) -> str | None:
    port = attributes.get("AWS_INSTANCE_PORT")
    if port is None or (port.isdigit() and 1 <= int(port) <= 65535):
        return None
    return f"AWS_INSTANCE_PORT must be a number from 1 to 65535, not {port}"


def initial_health(attributes: dict[str, str], custom: bool) -> str:
    """AWS_INIT_HEALTH_STATUS counts only where health is reported by the owner (HealthCheckCustomConfig)."""
    return attributes.get("AWS_INIT_HEALTH_STATUS", "HEALTHY") if custom else "HEALTHY"
