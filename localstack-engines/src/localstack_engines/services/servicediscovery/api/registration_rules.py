"""The rules of RegisterInstance for the attributes of an instance.

Source: https://docs.aws.amazon.com/cloud-map/latest/api/API_RegisterInstance.html
"""

from typing import Any

_REQUIRED_ATTRIBUTES = {
    "A": "AWS_INSTANCE_IPV4",
    "AAAA": "AWS_INSTANCE_IPV6",
    "CNAME": "AWS_INSTANCE_CNAME",
    "SRV": "AWS_INSTANCE_PORT",
}


def missing_attribute(dns_config: dict[str, Any] | None, attributes: dict[str, str]) -> str | None:
    """Returns the first attribute that the service's DNS records require and the instance lacks, or None.

    An instance with an alias target needs none of them.
    """
    if "AWS_ALIAS_DNS_NAME" in attributes:
        return None
    for record in (dns_config or {}).get("DnsRecords") or []:
        needed = _REQUIRED_ATTRIBUTES.get(record["Type"])
        if needed and not attributes.get(needed):
            return needed
    return None


def port_error(attributes: dict[str, str]) -> str | None:
    """Returns what is wrong with the port, or None."""
    port = attributes.get("AWS_INSTANCE_PORT")
    if port is None or (port.isdigit() and 1 <= int(port) <= 65535):
        return None
    return f"AWS_INSTANCE_PORT must be a number from 1 to 65535, not {port}"


def initial_health(attributes: dict[str, str], custom: bool) -> str:
    """Returns the health of a new instance.

    `AWS_INIT_HEALTH_STATUS` has an effect only with a custom health check (HealthCheckCustomConfig).
    """
    return attributes.get("AWS_INIT_HEALTH_STATUS", "HEALTHY") if custom else "HEALTHY"
