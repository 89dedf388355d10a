"""The making of a DB instance, which creations and restorations share."""

from collections.abc import Callable

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api import encryption, monitoring, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key
from localstack_engines.services.rds.control import certificates, versions
from localstack_engines.services.rds.control.creation import NewInstance, Origin
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

_OWN = ("MasterUserPassword", "ManageMasterUserPassword", "MasterUserSecretKmsKeyId", "Port", "OptionGroupName")
"""Members that moto does not get: it has no keys and option groups of PostgreSQL, and the port is the server's."""


class NewInstanceOperations(Operations):
    """Records new instances and starts their servers. What fails leaves no record and no server."""

    def make(self, context: RequestContext, request: Request, origin: Origin | None = None) -> Response:
        """Makes an instance for a CreateDBInstance request that was checked, with the data of a copy if any."""
        identifier = request["DBInstanceIdentifier"]
        version = validation.resolve_version(versions.ENGINE, request.get("EngineVersion"))
        group = self.parameter_group_of(context, request.get("DBParameterGroupName"), versions.ENGINE, version)
        self.check_network(context, request)
        options = self.option_group_name(context, request, version)
        self.set_defaults(context, request, version)
        port = validation.wanted_port(request.get("Port"))
        managed, secret_key = request.get("ManageMasterUserPassword"), ""
        if managed:
            name = request.get("MasterUserSecretKmsKeyId") or encryption.SECRETS_KEY
            secret_key = encryption.key_arn(context, name)
        settings = monitoring.changes(context, request, {})
        record = {name: value for name, value in request.items() if name not in _OWN}
        with self.store.undone_on_failure(context, identifier):
            moto(context, "CreateDBInstance", record)
            password = request.get("MasterUserPassword")
            if managed:
                password = self.store.manage_master_password(context, identifier, secret_key)
            lifecycle = request["EngineLifecycleSupport"]
            recorded = {**settings, "OptionGroupName": options, "EngineLifecycleSupport": lifecycle}
            self.store.update_instance(context, identifier, recorded)
            self.place_standby(context, identifier)
            new = NewInstance(
                key=key(context, identifier),
                master_username=request["MasterUsername"],
                master_password=password,
                database=request.get("DBName"),
                parameters=group.values,
                origin=origin,
                port=port,
                iam_authentication=bool(request.get("EnableIAMDatabaseAuthentication")),
            )
            return self.launch(
                context, request, lambda: self.manager.create(new), lambda made: self.manager.delete(made, None)
            )

    def set_defaults(self, context: RequestContext, request: Request, version: str) -> None:
        """Puts those values into the request that AWS has for members without one. Finds the storage's key."""
        request["EngineVersion"] = version
        request.setdefault("LicenseModel", "postgresql-license")
        request.setdefault("EngineLifecycleSupport", "open-source-rds-extended-support")
        request.setdefault("CACertificateIdentifier", certificates.AUTHORITY)
        if not request.get("VpcSecurityGroupIds"):
            request["VpcSecurityGroupIds"] = self.default_groups(context, request)
        if request.get("StorageEncrypted"):
            request["KmsKeyId"] = encryption.key_arn(context, request.get("KmsKeyId") or encryption.STORAGE_KEY)

    def launch(
        self,
        context: RequestContext,
        request: Request,
        start: Callable[[], Instance],
        remove: Callable[[Instance], None],
    ) -> Response:
        """Starts the server of an instance whose record exists. Removes it again when a later step fails."""
        try:
            instance = start()
        except ports.NoPortLeft as error:
            raise ServiceError("InsufficientDBInstanceCapacity", str(error)) from error
        try:
            self.note_substitute(instance, request["Engine"], request["EngineVersion"])
            return self._launched(context, instance)
        except BaseException:
            remove(instance)
            raise

    def _launched(self, context: RequestContext, instance: Instance) -> Response:
        self.store.note_server(context, instance)
        self.export_logs(context, instance)
        return self.description(context, instance)
