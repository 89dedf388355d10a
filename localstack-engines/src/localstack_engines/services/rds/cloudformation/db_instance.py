"""AWS::RDS::DBInstance.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html
"""

from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import SNAPSHOT, Failed, Resource
from localstack_engines.cloudformation.waiting import wait_while
from localstack_engines.services.rds import models
from localstack_engines.services.rds.cloudformation.shared import default_group, exports_change, version_note
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags

_TRANSITIONAL = frozenset(
    (models.CREATING, models.STARTING, models.REBOOTING, models.STOPPING, models.RESETTING, models.MODIFYING)
)

# CreateDBInstance does not have properties of these names. They are supported in another way, or have no effect here.
_NOT_IN_CREATE = {
    "VPCSecurityGroups",
    "DBSnapshotIdentifier",
    "DeleteAutomatedBackups",
    "AllowMajorVersionUpgrade",
    "ApplyImmediately",
    "CertificateRotationRestart",
    "UseDefaultProcessorFeatures",
    "MasterUserSecret",
    "RestoreTime",
    "SourceDBInstanceIdentifier",
    "SourceDbiResourceId",
    "UseLatestRestorableTime",
}
_ATTRIBUTES = {"DBInstanceArn", "DbiResourceId", "Endpoint", "DBInstanceStatus"}


class DBInstance(Resource):
    TYPE = "AWS::RDS::DBInstance"
    DEFAULTS = {
        "AutoMinorVersionUpgrade": True,
        "BackupRetentionPeriod": 1,
        "CopyTagsToSnapshot": False,
        "DeletionProtection": False,
        "EnableIAMDatabaseAuthentication": False,
        "EnablePerformanceInsights": False,
        "ManageMasterUserPassword": False,
        "MonitoringInterval": 0,
        "MultiAZ": False,
        "PubliclyAccessible": False,
        "StorageType": "gp2",
    }
    # As on AWS, an instance keeps its windows and its version when the template no longer names them. Without its
    # source, a read replica is promoted.
    RESET = (
        "AllowMajorVersionUpgrade",
        "ApplyImmediately",
        "CertificateRotationRestart",
        "DBParameterGroupName",
        "DeleteAutomatedBackups",
        "EnableCloudwatchLogsExports",
        "EngineVersion",
        "MasterUserPassword",
        "MasterUserSecret",
        "MonitoringRoleArn",
        "PerformanceInsightsKMSKeyId",
        "PerformanceInsightsRetentionPeriod",
        "PreferredBackupWindow",
        "PreferredMaintenanceWindow",
        "RestoreTime",
        "SourceDBInstanceIdentifier",
        "SourceDbiResourceId",
        "Tags",
        "UseDefaultProcessorFeatures",
        "UseLatestRestorableTime",
    )
    FIXED = ("AvailabilityZone", "Engine", "Port")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        if not request.custom_context.get("created"):
            if not model.get("DBInstanceIdentifier"):
                model["DBInstanceIdentifier"] = self.default_name(request, length=63).lower()
            self._create(rds, model)
            self.created(request)
        return self._await_available(request, rds, model, created=True)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        model["DBInstanceIdentifier"] = previous["DBInstanceIdentifier"]
        if not request.custom_context.get("modified"):
            self._refuse_unsupported(rds, model)
            changed = {name: value for name, value in model.items() if previous.get(name) != value}
            self._promote_if_asked(rds, model)
            if previous.get("DBParameterGroupName") and not model.get("DBParameterGroupName"):
                changed["DBParameterGroupName"] = default_group(
                    self._describe(rds, model), changed.get("EngineVersion")
                )
            if "EngineVersion" in changed and model.get("AllowMajorVersionUpgrade"):
                changed["AllowMajorVersionUpgrade"] = model["AllowMajorVersionUpgrade"]
            arguments = self._arguments(rds, "ModifyDBInstance", changed)
            if exports := exports_change(previous, model):
                arguments["CloudwatchLogsExportConfiguration"] = exports
            if arguments:
                identifier = {"DBInstanceIdentifier": model["DBInstanceIdentifier"]}
                rds.modify_db_instance(**arguments | identifier, ApplyImmediately=True)
            update_resource_tags(rds, previous["DBInstanceArn"], request)
            self._reboot_if_pending(rds, model)
        return self._await_available(request, rds, model, modified=True)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if not model.get("DBInstanceIdentifier"):
            return self.done({})
        identifier = model["DBInstanceIdentifier"]
        arguments: dict[str, Any] = {} if model.get("DBClusterIdentifier") else {"SkipFinalSnapshot": True}
        # The call returns when the server is gone.
        if request.custom_context.get(SNAPSHOT) and not model.get("DBClusterIdentifier"):
            arguments = {"FinalDBSnapshotIdentifier": self.default_name(request, length=255).lower()}
        self.client(request, "rds").delete_db_instance(DBInstanceIdentifier=identifier, **arguments)
        return self.done({})

    def _create(self, rds: Any, model: dict[str, Any]) -> None:
        operation = _creation(model)
        self._refuse_unsupported(rds, model)
        arguments = self._arguments(rds, operation, model)
        if operation == "RestoreDBInstanceToPointInTime":
            arguments["TargetDBInstanceIdentifier"] = model["DBInstanceIdentifier"]
        getattr(rds, xform_name(operation))(**arguments)

    def _await_available(
        self, request: ResourceRequest, rds: Any, model: dict[str, Any], **context: bool
    ) -> ProgressEvent:
        found: dict[str, Any] = {}

        def status() -> str:
            found.update(self._describe(rds, model))
            return str(found["DBInstanceStatus"])

        state = wait_while(_TRANSITIONAL, status)
        if state == models.FAILED:
            raise Failed(found["StatusInfos"][0]["Message"])
        if state in _TRANSITIONAL:
            return self.wait(request, model, **context)
        return self.done({**model, **self._attributes(found)}, version_note(rds, found))

    def _promote_if_asked(self, rds: Any, model: dict[str, Any]) -> None:
        # A template that no longer names the source of a read replica promotes it.
        found = self._describe(rds, model)
        if found.get("ReadReplicaSourceDBInstanceIdentifier") and not model.get("SourceDBInstanceIdentifier"):
            rds.promote_read_replica(DBInstanceIdentifier=model["DBInstanceIdentifier"])
            wait_while(_TRANSITIONAL, lambda: str(self._describe(rds, model)["DBInstanceStatus"]))

    def _reboot_if_pending(self, rds: Any, model: dict[str, Any]) -> None:
        # CloudFormation reboots an instance when changed parameters need it.
        found = self._describe(rds, model)
        if any(group["ParameterApplyStatus"] == models.PENDING_REBOOT for group in found["DBParameterGroups"]):
            rds.reboot_db_instance(DBInstanceIdentifier=model["DBInstanceIdentifier"])

    def _refuse_unsupported(self, rds: Any, model: dict[str, Any]) -> None:
        known = rds.meta.service_model.operation_model("CreateDBInstance").input_shape.members
        unknown = sorted(model.keys() - known.keys() - _NOT_IN_CREATE - _ATTRIBUTES)
        if unknown:
            raise Failed(f"The local rds service does not support: {', '.join(unknown)}", "InvalidRequest")

    @staticmethod
    def _arguments(rds: Any, operation: str, model: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments for those properties that the operation has."""
        properties = {**model, "MasterUserSecretKmsKeyId": (model.get("MasterUserSecret") or {}).get("KmsKeyId")}
        if "VPCSecurityGroups" in properties:
            properties["VpcSecurityGroupIds"] = properties.pop("VPCSecurityGroups")
        members = rds.meta.service_model.operation_model(operation).input_shape.members
        known = {name: value for name, value in properties.items() if name in members}
        return to_request(rds, operation, known, ignore=("ApplyImmediately",))

    @staticmethod
    def _describe(rds: Any, model: dict[str, Any]) -> dict[str, Any]:
        found = rds.describe_db_instances(DBInstanceIdentifier=model["DBInstanceIdentifier"])
        return dict(found["DBInstances"][0])

    @staticmethod
    def _attributes(found: dict[str, Any]) -> dict[str, Any]:
        endpoint = found.get("Endpoint") or {}
        attributes = {
            "DBInstanceArn": found["DBInstanceArn"],
            "DbiResourceId": found["DbiResourceId"],
            "DBInstanceStatus": found["DBInstanceStatus"],
            "Endpoint": {"Address": endpoint.get("Address"), "Port": str(endpoint.get("Port"))},
        }
        if secret := found.get("MasterUserSecret"):
            attributes["MasterUserSecret"] = {"SecretArn": secret["SecretArn"]}
        return attributes


def _creation(model: dict[str, Any]) -> str:
    """Returns the operation that creates the instance of a template."""
    if model.get("DBSnapshotIdentifier"):
        return "RestoreDBInstanceFromDBSnapshot"
    if model.get("UseLatestRestorableTime") or model.get("RestoreTime"):
        return "RestoreDBInstanceToPointInTime"
    if model.get("SourceDBInstanceIdentifier"):
        return "CreateDBInstanceReadReplica"
    return "CreateDBInstance"
