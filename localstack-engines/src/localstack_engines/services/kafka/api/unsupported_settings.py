"""Settings of clusters that would have no effect on a local broker. They are refused, and the error says why."""

from collections.abc import Iterator, Mapping
from typing import Any

from localstack_engines.services.kafka.errors import not_supported


def check_settings(settings: Mapping[str, Any]) -> None:
    """Raises BadRequestException for the first setting of a cluster that cannot be honoured.

    `settings` is a `Provisioned` member or a request that changes a part of one.
    """
    for feature in _features(settings):
        raise not_supported(feature)


def check_connectivity(connectivity: Mapping[str, Any]) -> None:
    """Raises BadRequestException unless a `ConnectivityInfo` asks for what every local cluster has."""
    for feature in _connections(connectivity):
        raise not_supported(feature)


def _features(settings: Mapping[str, Any]) -> Iterator[str]:
    yield from _connections((settings.get("BrokerNodeGroupInfo") or {}).get("ConnectivityInfo") or {})
    if settings.get("StorageMode") not in (None, "LOCAL"):
        yield "Tiered storage"
    prometheus = (settings.get("OpenMonitoring") or {}).get("Prometheus") or {}
    for exporter in ("JmxExporter", "NodeExporter"):
        if (prometheus.get(exporter) or {}).get("EnabledInBroker"):
            yield f"Open monitoring with Prometheus ({exporter})"
    logging = settings.get("LoggingInfo") or {}
    for destination in ("Firehose", "S3"):
        if ((logging.get("BrokerLogs") or {}).get(destination) or {}).get("Enabled"):
            yield f"The delivery of broker logs to {destination}"
    for destination in (logging.get("AuthorizerLogs") or {}).values():
        if (destination or {}).get("Enabled"):
            yield "The delivery of authorizer logs"
    if settings.get("ZookeeperAccess"):
        yield "Access to ZooKeeper"


def _connections(connectivity: Mapping[str, Any]) -> Iterator[str]:
    public = (connectivity.get("PublicAccess") or {}).get("Type")
    if public not in (None, "DISABLED"):
        yield f"Public access ({public})"
    authentication = (connectivity.get("VpcConnectivity") or {}).get("ClientAuthentication") or {}
    sasl = authentication.get("Sasl") or {}
    if any((one or {}).get("Enabled") for one in (*sasl.values(), authentication.get("Tls"))):
        yield "Multi-VPC private connectivity"
    if connectivity.get("NetworkType") not in (None, "IPV4"):
        yield "The network type DUAL"
