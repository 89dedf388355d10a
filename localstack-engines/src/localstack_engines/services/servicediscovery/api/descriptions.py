"""Descriptions of namespaces, services and instances, in the API's spelling."""

from typing import Any

Description = dict[str, Any]


def namespace(record: Any, services: int, account: str) -> Description:
    properties: Description = {"HttpProperties": record.http_properties or {"HttpName": record.name}}
    if record.type != "HTTP":
        properties["DnsProperties"] = record.dns_properties
    return {**record.to_json(), "Properties": properties, "ServiceCount": services, "ResourceOwner": account}


def service(record: Any, account: str) -> Description:
    described = {name: value for name, value in record.to_json().items() if value is not None}
    if record.dns_config:
        described["DnsConfig"] = {
            "RoutingPolicy": "MULTIVALUE",
            "NamespaceId": record.namespace_id,
            **record.dns_config,
        }
    return {**described, "InstanceCount": len(record.instances), "ResourceOwner": account}


def health(service: Any, instance: Any) -> str:
    """Returns HEALTHY or UNHEALTHY, or UNKNOWN when the service has no health check."""
    checked = service.health_check_config or service.health_check_custom_config is not None
    return instance.health_status if checked else "UNKNOWN"
