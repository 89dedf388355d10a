"""The making of a DB cluster, which creations and restorations share."""

import re
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import network
from localstack_engines.services.rds.api import cluster_descriptions, encryption, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key
from localstack_engines.services.rds.cluster_models import Cluster, ClusterParameterGroup
from localstack_engines.services.rds.control import instance_classes, versions
from localstack_engines.services.rds.errors import invalid_combination, invalid_value, unknown_engine
from localstack_engines.services.rds.managed_secrets import cluster_secret, new_password
from localstack_engines.services.rds.models import Key
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.errors import ServiceError

_IDENTIFIER = re.compile(r"(?!.*--)[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_MAX_CAPACITY = 256
_PAUSE_SECONDS = (300, 86_400)
_MAX_RETENTION = 35
_DEFAULTS = {
    "BackupRetentionPeriod": 1,
    "CopyTagsToSnapshot": False,
    "DeletionProtection": False,
    "EnableCloudwatchLogsExports": [],
    "EnableIAMDatabaseAuthentication": False,
    "EngineLifecycleSupport": "open-source-rds-extended-support",
    "PreferredBackupWindow": "07:12-07:42",
    "PreferredMaintenanceWindow": "wed:06:38-wed:07:08",
    "StorageEncrypted": False,
    "StorageType": "aurora",
}
_RENAMED = {
    "DBSubnetGroupName": "DBSubnetGroup",
    "EnableCloudwatchLogsExports": "EnabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled",
}
_RECORDED = (
    *_DEFAULTS, "AvailabilityZones", "DBSubnetGroupName", "KmsKeyId", "ServerlessV2ScalingConfiguration",
    "VpcSecurityGroupIds",
)  # fmt: skip


def check_engine(engine: str) -> None:
    """Raises AWS's error for an engine of which no clusters can be made here."""
    if engine == versions.ENGINE:
        raise invalid_value(
            f"The engine {engine} is not supported for DB clusters by the local rds service: Multi-AZ DB clusters do "
            f"not exist here. Use {versions.AURORA}."
        )
    if engine != versions.AURORA:
        raise unknown_engine(engine)


def check_identifier(identifier: str, member: str) -> None:
    if not _IDENTIFIER.fullmatch(identifier):
        raise invalid_value(
            f"The parameter {member} is not a valid identifier. Identifiers must begin with a letter; must contain "
            "only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive "
            "hyphens."
        )


def check_cluster_settings(request: Request) -> None:
    """Checks what requests that create, restore or modify a cluster have in common."""
    validation.check_settings(request)
    retention = request.get("BackupRetentionPeriod")
    if retention is not None and not 1 <= retention <= _MAX_RETENTION:
        raise invalid_value(f"Invalid backup retention period: {retention}. It must be 1 to {_MAX_RETENTION}.")
    storage = request.get("StorageType")
    if storage not in (None, *instance_classes.AURORA_STORAGE_TYPES):
        raise invalid_value(f"Invalid storage type: {storage}")
    if scaling := request.get("ServerlessV2ScalingConfiguration"):
        _check_scaling(scaling)


def scaling(present: dict[str, Any] | None, wanted: dict[str, Any]) -> dict[str, Any]:
    """Returns a Serverless v2 scaling configuration with the wanted changes. Raises AWS's errors."""
    merged = {**(present or {}), **wanted}
    if "MinCapacity" not in merged or "MaxCapacity" not in merged:
        raise invalid_combination("The Serverless v2 scaling configuration needs MinCapacity and MaxCapacity.")
    if merged["MinCapacity"] > merged["MaxCapacity"]:
        raise invalid_combination("The Serverless v2 maximum capacity must not be below the minimum capacity.")
    if merged["MinCapacity"] == 0:
        merged.setdefault("SecondsUntilAutoPause", _PAUSE_SECONDS[0])
    else:
        merged.pop("SecondsUntilAutoPause", None)
    return merged


def _check_scaling(wanted: dict[str, Any]) -> None:
    for name, low in (("MinCapacity", 0.0), ("MaxCapacity", 1.0)):
        value = wanted.get(name)
        if value is not None and not (low <= value <= _MAX_CAPACITY and float(value * 2).is_integer()):
            raise invalid_value(
                f"Serverless v2 capacity {value} isn't valid: {name} is {low} to {_MAX_CAPACITY} in steps of 0.5."
            )
    pause = wanted.get("SecondsUntilAutoPause")
    if pause is not None and not _PAUSE_SECONDS[0] <= pause <= _PAUSE_SECONDS[1]:
        raise invalid_value(f"SecondsUntilAutoPause must be {_PAUSE_SECONDS[0]} to {_PAUSE_SECONDS[1]}.")


class NewClusterOperations(Operations):
    """Records new clusters and starts their endpoints. What fails leaves nothing."""

    def make_cluster(self, context: RequestContext, request: Request, volume: Key | None = None) -> Response:
        """Makes a cluster for a checked CreateDBCluster request, whose first member has the data of `volume` if any."""
        identifier = request["DBClusterIdentifier"] = request["DBClusterIdentifier"].lower()
        check_identifier(identifier, "DBClusterIdentifier")
        with self.clusters.creations:
            return self._make_cluster(context, request, volume)

    def _make_cluster(self, context: RequestContext, request: Request, volume: Key | None) -> Response:
        identifier = request["DBClusterIdentifier"]
        if self.clusters.get(key(context, identifier)) is not None:
            raise ServiceError("DBClusterAlreadyExistsFault", f"DB Cluster {identifier} already exists")
        check_cluster_settings(request)
        version = validation.resolve_version(request["Engine"], request.get("EngineVersion"))
        group = self.cluster_parameter_group(context, request.get("DBClusterParameterGroupName"), version)
        recorded = self._recorded(context, request)
        port = validation.wanted_port(request.get("Port"))
        key_arn = self._secret_key(context, request)
        try:
            relay = self.clusters.reserve(key(context, identifier), port)
        except ports.NoPortLeft as error:
            raise ServiceError("InsufficientDBClusterCapacityFault", str(error)) from error
        cluster = Cluster(
            key=key(context, identifier),
            engine=request["Engine"],
            engine_version=version,
            master_username=request["MasterUsername"],
            master_password=request.get("MasterUserPassword"),
            database=request.get("DatabaseName"),
            parameter_group=group.name,
            relay=relay,
            recorded=recorded,
            volume=volume,
            tags={tag["Key"]: tag.get("Value", "") for tag in request.get("Tags") or []},
        )
        try:
            if key_arn:
                cluster.master_password = self.manage_password(context, cluster, key_arn)
        except BaseException:
            self.clusters.release(relay)
            raise
        self.clusters.create(cluster)
        return self.cluster_description(context, cluster)

    def cluster_description(self, context: RequestContext, cluster: Cluster) -> Response:
        """Returns the response of an operation that answers with the cluster."""
        return {"DBCluster": cluster_descriptions.cluster(cluster, network.zones(context))}

    def cluster_parameter_group(self, context: RequestContext, name: str | None, version: str) -> ClusterParameterGroup:
        """Returns the group of that name, or the version's default group without one.

        Raises DBClusterParameterGroupNotFound, or InvalidParameterCombination for a group of another family.
        """
        wanted = name or f"default.{versions.family(versions.AURORA, version)}"
        try:
            group = self.store.clusters.parameter_group(context, wanted)
        except ServiceError as error:
            raise ServiceError("DBClusterParameterGroupNotFound", error.message, 404) from error
        validation.check_family(group, versions.AURORA, version)
        return group

    @staticmethod
    def manage_password(context: RequestContext, cluster: Cluster, key_arn: str) -> str:
        """Gives the cluster a managed secret with a new master password, which it returns."""
        password = new_password()
        former = cluster.secret
        cluster.secret = cluster_secret(context, cluster.arn, cluster.master_username, key_arn, password)
        if former is not None:
            former.delete_secret()
        return password

    def _secret_key(self, context: RequestContext, request: Request) -> str:
        """Returns the ARN of the key of a managed master password, or "" when none is asked for."""
        if not request.get("ManageMasterUserPassword"):
            return ""
        return encryption.key_arn(context, request.get("MasterUserSecretKmsKeyId") or encryption.SECRETS_KEY)

    def _recorded(self, context: RequestContext, request: Request) -> dict[str, Any]:
        """Returns what DescribeDBClusters answers back, by its members."""
        unknown = sorted(set(request.get("AvailabilityZones") or []) - set(network.zones(context)))
        if unknown:
            raise invalid_value(f"Invalid availability zone: {unknown[0]}")
        self.check_network(context, request)
        wanted = {**_DEFAULTS, **{name: request[name] for name in _RECORDED if request.get(name) is not None}}
        self.store.check_new_windows(wanted["PreferredMaintenanceWindow"], wanted["PreferredBackupWindow"])
        wanted["PreferredMaintenanceWindow"] = wanted["PreferredMaintenanceWindow"].lower()
        if wanted["StorageEncrypted"]:
            wanted["KmsKeyId"] = encryption.key_arn(context, wanted.get("KmsKeyId") or encryption.STORAGE_KEY)
        if configured := wanted.get("ServerlessV2ScalingConfiguration"):
            wanted["ServerlessV2ScalingConfiguration"] = scaling(None, configured)
        if not wanted.get("VpcSecurityGroupIds"):
            wanted["VpcSecurityGroupIds"] = self.default_groups(context, wanted)
        return {_RENAMED.get(name, name): value for name, value in wanted.items()}
