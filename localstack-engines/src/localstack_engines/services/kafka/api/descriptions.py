"""Descriptions of clusters, brokers, configurations and cluster operations, in the API's spelling."""

from typing import Any

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.control import versions
from localstack_engines.services.kafka.models import Cluster, Configuration, Operation, Revision

_DESCRIBED_MEMBERS = (
    "BrokerNodeGroupInfo",
    "ClientAuthentication",
    "EncryptionInfo",
    "EnhancedMonitoring",
    "OpenMonitoring",
    "LoggingInfo",
    "NumberOfBrokerNodes",
    "StorageMode",
    "Rebalancing",
)


_OFF = {"Enabled": False}
_DEFAULTS: dict[str, Any] = {
    "BrokerNodeGroupInfo": {
        "BrokerAZDistribution": "DEFAULT",
        "ConnectivityInfo": {
            "PublicAccess": {"Type": "DISABLED"},
            "VpcConnectivity": {"ClientAuthentication": {"Sasl": {"Scram": _OFF, "Iam": _OFF}, "Tls": _OFF}},
            "NetworkType": "IPV4",
        },
        "StorageInfo": {"EbsStorageInfo": {"VolumeSize": 1000}},
    },
    "ClientAuthentication": {
        "Sasl": {"Scram": _OFF, "Iam": _OFF},
        "Tls": {"CertificateAuthorityArnList": [], "Enabled": False},
    },
    "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "TLS", "InCluster": True}},
    "EnhancedMonitoring": "DEFAULT",
    "OpenMonitoring": {
        "Prometheus": {"JmxExporter": {"EnabledInBroker": False}, "NodeExporter": {"EnabledInBroker": False}}
    },
    "StorageMode": "LOCAL",
}
"""What a cluster has whose request says nothing of it."""


def cluster_v1(cluster: Cluster) -> dict[str, Any]:
    """Returns `ClusterInfo` of DescribeCluster and ListClusters."""
    return {**_common(cluster), **_provisioned(cluster)}


def cluster_v2(cluster: Cluster) -> dict[str, Any]:
    """Returns `Cluster` of DescribeClusterV2 and ListClustersV2."""
    return {**_common(cluster), "ClusterType": "PROVISIONED", "Provisioned": _provisioned(cluster)}


def _common(cluster: Cluster) -> dict[str, Any]:
    described = {
        "ClusterArn": cluster.arn,
        "ClusterName": cluster.name,
        "CreationTime": cluster.created,
        "CurrentVersion": cluster.version,
        "State": cluster.status,
        "Tags": cluster.tags,
    }
    if cluster.active_operation:
        described["ActiveOperationArn"] = cluster.active_operation
    if info := _state_info(cluster):
        described["StateInfo"] = info
    return described


def _state_info(cluster: Cluster) -> dict[str, str] | None:
    if cluster.state == models.FAILED:
        return {"Code": "BrokerFailed", "Message": cluster.failure}
    notes = {}
    running = len(cluster.kafka.brokers)
    if running < cluster.requested_brokers:
        notes["LocalBrokerLimit"] = (
            f"{running} of {cluster.requested_brokers} broker nodes run locally, and replication is limited to that "
            "(ENGINES_KAFKA_MAX_BROKERS raises the limit)."
        )
    if text := versions.substitute(cluster.kafka_version):
        notes["LocalKafkaVersion"] = text
    # There is room for one code.
    return {"Code": next(iter(notes)), "Message": " ".join(notes.values())} if notes else None


def _provisioned(cluster: Cluster) -> dict[str, Any]:
    given: dict[str, Any] = {
        name: value for name in _DESCRIBED_MEMBERS if (value := cluster.provisioned.get(name)) is not None
    }
    software: dict[str, Any] = {"KafkaVersion": cluster.kafka_version}
    if cluster.configuration:
        software["ConfigurationArn"] = cluster.configuration["Arn"]
        software["ConfigurationRevision"] = cluster.configuration["Revision"]
    described = {**_with_defaults(_DEFAULTS, given), "CurrentBrokerSoftwareInfo": software}
    anonymous = any(not listener.mechanisms for listener in cluster.kafka.spec.listeners)
    described["ClientAuthentication"]["Unauthenticated"] = {"Enabled": anonymous}
    return described


def _with_defaults(defaults: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Returns `given` with the defaults of the members that it lacks, at every level."""
    merged = {**defaults, **{name: value for name, value in given.items() if value is not None}}
    for name, default in defaults.items():
        if isinstance(default, dict) and isinstance(merged[name], dict):
            merged[name] = _with_defaults(default, merged[name])
    return merged


def nodes(cluster: Cluster) -> list[dict[str, Any]]:
    """Returns `NodeInfo` of each broker that runs locally."""
    group = cluster.provisioned["BrokerNodeGroupInfo"]
    subnets = group["ClientSubnets"]
    software = _provisioned(cluster)["CurrentBrokerSoftwareInfo"]
    return [
        {
            "NodeARN": f"{cluster.arn.replace(':cluster/', ':broker/', 1)}/{broker.spec.node_id}",
            "NodeType": "BROKER",
            "InstanceType": group["InstanceType"].removeprefix("kafka."),
            "AddedToClusterTime": cluster.created.isoformat(),
            "BrokerNodeInfo": {
                "BrokerId": broker.spec.node_id,
                "ClientSubnet": subnets[(broker.spec.node_id - 1) % len(subnets)],
                "CurrentBrokerSoftwareInfo": software,
                "Endpoints": [broker.spec.host],
            },
        }
        for broker in cluster.kafka.brokers
    ]


def revision(record: Revision) -> dict[str, Any]:
    return {"CreationTime": record.created, "Description": record.description, "Revision": record.number}


def configuration(found: Configuration) -> dict[str, Any]:
    return {
        "Arn": found.arn,
        "Name": found.name,
        "Description": found.description,
        "CreationTime": found.created,
        "KafkaVersions": found.kafka_versions,
        "LatestRevision": revision(found.latest),
        "State": "ACTIVE",
    }


def operation_v1(found: Operation) -> dict[str, Any]:
    described = {
        "ClusterArn": found.cluster_arn,
        "OperationArn": found.arn,
        "OperationType": found.kind,
        "OperationState": found.state,
        "CreationTime": found.created,
        "SourceClusterInfo": found.source,
        "TargetClusterInfo": found.target,
    }
    if found.ended:
        described["EndTime"] = found.ended
    if found.error:
        described["ErrorInfo"] = {"ErrorCode": "BrokerFailed", "ErrorString": found.error}
    return described


def operation_v2(found: Operation) -> dict[str, Any]:
    described = operation_v1(found)
    change = {key: described.pop(key) for key in ("SourceClusterInfo", "TargetClusterInfo")}
    described["StartTime"] = described.pop("CreationTime")
    return {**described, "ClusterType": "PROVISIONED", "Provisioned": change}
