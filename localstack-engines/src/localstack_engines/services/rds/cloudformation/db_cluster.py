"""AWS::RDS::DBCluster.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbcluster.html
"""

from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import SNAPSHOT, Failed, Resource
from localstack_engines.cloudformation.waiting import wait_while
from localstack_engines.services.rds import cluster_models, models
from localstack_engines.services.rds.cloudformation.shared import default_group, exports_change, version_note
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags

_TRANSITIONAL = frozenset((models.CREATING, models.STARTING, models.STOPPING, cluster_models.FAILING_OVER))
_RENAMED = {
    "PerformanceInsightsEnabled": "EnablePerformanceInsights",
    "PerformanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
}
_ATTRIBUTES = {"DBClusterArn", "DBClusterResourceId", "Endpoint", "ReadEndpoint"}
_NOT_IN_REQUESTS = {"DBInstanceParameterGroupName", "DeleteAutomatedBackups", "MasterUserSecret"}
"""Properties that are supported in another way, or belong to changes only."""
_SOURCES = {"SnapshotIdentifier", "SourceDBClusterIdentifier", "SourceDbClusterResourceId"}


class DBCluster(Resource):
    TYPE = "AWS::RDS::DBCluster"
    DEFAULTS = {
        "AutoMinorVersionUpgrade": True,
        "BackupRetentionPeriod": 1,
        "CopyTagsToSnapshot": False,
        "DeletionProtection": False,
        "EnableHttpEndpoint": False,
        "EnableIAMDatabaseAuthentication": False,
        "ManageMasterUserPassword": False,
        "MonitoringInterval": 0,
        "PerformanceInsightsEnabled": False,
        "StorageType": "aurora",
    }
    # As on AWS, a cluster keeps its windows, its version and its capacity when the template no longer names them.
    RESET = (
        "DBClusterParameterGroupName",
        "DBInstanceParameterGroupName",
        "DeleteAutomatedBackups",
        "EnableCloudwatchLogsExports",
        "EngineVersion",
        "MasterUserPassword",
        "MasterUserSecret",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "ServerlessV2ScalingConfiguration",
        "Tags",
    )
    FIXED = ("Engine", "MasterUsername", "Port")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        if not request.custom_context.get("created"):
            if not model.get("DBClusterIdentifier"):
                model["DBClusterIdentifier"] = self.default_name(request, length=63).lower()
            self._create(rds, model)
            self.created(request)
        event = self._await_available(request, rds, model, created=True)
        if event.resource_model.get("DBClusterArn") and _SOURCES & model.keys():
            self._complete_restored(rds, model)
        return event

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        model["DBClusterIdentifier"] = previous["DBClusterIdentifier"]
        if not request.custom_context.get("modified"):
            self._refuse_unsupported(rds, model)
            changed = {name: value for name, value in model.items() if previous.get(name) != value}
            self._modify(rds, model, previous, changed)
            update_resource_tags(rds, previous["DBClusterArn"], request)
        return self._await_available(request, rds, model, modified=True)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if identifier := model.get("DBClusterIdentifier"):
            final: dict[str, Any] = {"SkipFinalSnapshot": True}
            if request.custom_context.get(SNAPSHOT):
                final = {"FinalDBSnapshotIdentifier": self.default_name(request, length=63).lower()}
            self.client(request, "rds").delete_db_cluster(DBClusterIdentifier=identifier, **final)
        return self.done({})

    def _create(self, rds: Any, model: dict[str, Any]) -> None:
        self._refuse_unsupported(rds, model)
        operation = _creation(model)
        getattr(rds, xform_name(operation))(**_arguments(rds, operation, model))

    def _complete_restored(self, rds: Any, model: dict[str, Any]) -> None:
        """Sets what an operation that restores does not take, such as the password."""
        taken = _members(rds, _creation(model))
        rest = {name: value for name, value in model.items() if name not in taken and name != "Tags"}
        if arguments := _arguments(rds, "ModifyDBCluster", rest):
            rds.modify_db_cluster(**arguments, DBClusterIdentifier=model["DBClusterIdentifier"], ApplyImmediately=True)

    def _modify(self, rds: Any, model: dict[str, Any], previous: dict[str, Any], changed: dict[str, Any]) -> None:
        if previous.get("DBClusterParameterGroupName") and not model.get("DBClusterParameterGroupName"):
            changed["DBClusterParameterGroupName"] = default_group(_describe(rds, model), changed.get("EngineVersion"))
        arguments = _arguments(rds, "ModifyDBCluster", changed)
        if "EngineVersion" in arguments:
            # CloudFormation upgrades to whatever version the template names.
            arguments["AllowMajorVersionUpgrade"] = True
        if exports := exports_change(previous, model):
            arguments["CloudwatchLogsExportConfiguration"] = exports
        if arguments:
            identifier = {"DBClusterIdentifier": model["DBClusterIdentifier"]}
            rds.modify_db_cluster(**arguments | identifier, ApplyImmediately=True)

    def _await_available(
        self, request: ResourceRequest, rds: Any, model: dict[str, Any], **context: bool
    ) -> ProgressEvent:
        found: dict[str, Any] = {}

        def status() -> str:
            found.update(_describe(rds, model))
            return str(found["Status"])

        state = wait_while(_TRANSITIONAL, status)
        if state == models.FAILED:
            raise Failed(f"The DB cluster {model['DBClusterIdentifier']} is in the state {state}.")
        if state in _TRANSITIONAL:
            return self.wait(request, model, **context)
        return self.done({**model, **_attributes(found)}, version_note(rds, found))

    def _refuse_unsupported(self, rds: Any, model: dict[str, Any]) -> None:
        known = {name for operation in ("CreateDBCluster", _creation(model)) for name in _members(rds, operation)}
        names = {_RENAMED.get(name, name) for name in model}
        if unknown := sorted(names - known - _ATTRIBUTES - _NOT_IN_REQUESTS):
            raise Failed(f"The local rds service does not support: {', '.join(unknown)}", "InvalidRequest")


def _creation(model: dict[str, Any]) -> str:
    """Returns the operation that creates the cluster of a template."""
    if model.get("SnapshotIdentifier"):
        return "RestoreDBClusterFromSnapshot"
    if _SOURCES & {name for name, value in model.items() if value}:
        return "RestoreDBClusterToPointInTime"
    return "CreateDBCluster"


def _members(rds: Any, operation: str) -> set[str]:
    return set(rds.meta.service_model.operation_model(operation).input_shape.members)


def _arguments(rds: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
    """Returns the arguments for those properties that the operation has."""
    properties = {_RENAMED.get(name, name): value for name, value in model.items()}
    properties["MasterUserSecretKmsKeyId"] = (model.get("MasterUserSecret") or {}).get("KmsKeyId")
    known = {name: value for name, value in properties.items() if name in _members(rds, operation)}
    return to_request(rds, operation, known)


def _describe(rds: Any, model: dict[str, Any]) -> dict[str, Any]:
    return dict(rds.describe_db_clusters(DBClusterIdentifier=model["DBClusterIdentifier"])["DBClusters"][0])


def _attributes(found: dict[str, Any]) -> dict[str, Any]:
    attributes = {
        "DBClusterArn": found["DBClusterArn"],
        "DBClusterResourceId": found["DbClusterResourceId"],
        "Endpoint": {"Address": found["Endpoint"], "Port": str(found["Port"])},
        "ReadEndpoint": {"Address": found["ReaderEndpoint"]},
    }
    if secret := found.get("MasterUserSecret"):
        attributes["MasterUserSecret"] = {"SecretArn": secret["SecretArn"]}
    return attributes
