"""The making of a DB instance, which creations and restorations share."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api import encryption, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key
from localstack_engines.services.rds.control import certificates
from localstack_engines.services.rds.control.instance_manager import NewInstance, Origin
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

_OWN = ("MasterUserPassword", "ManageMasterUserPassword", "MasterUserSecretKmsKeyId", "Port", "OptionGroupName")
"""Members that moto does not get: it has no keys and option groups of PostgreSQL 17, and the port is the server's."""


class NewInstanceOperations(Operations):
    """Records new instances and starts their servers. What fails leaves no record and no server."""

    def make(self, context: RequestContext, request: Request, origin: Origin | None = None) -> Response:
        """Makes an instance for a CreateDBInstance request that was checked, with the data of a copy if any."""
        identifier = request["DBInstanceIdentifier"]
        group = self.parameter_group(context, request.get("DBParameterGroupName"))
        validation.check_family(group)
        self.check_network(context, request)
        options = self.option_group_name(context, request)
        self.set_defaults(context, request)
        port = validation.wanted_port(request.get("Port"))
        managed, secret_key = request.get("ManageMasterUserPassword"), ""
        if managed:
            name = request.get("MasterUserSecretKmsKeyId") or encryption.SECRETS_KEY
            secret_key = encryption.key_arn(context, name)
        record = {name: value for name, value in request.items() if name not in _OWN}
        with self.store.undone_on_failure(context, identifier):
            moto(context, "CreateDBInstance", record)
            password = request.get("MasterUserPassword")
            if managed:
                password = self.store.manage_master_password(context, identifier, secret_key)
            recorded = {"OptionGroupName": options, "EngineLifecycleSupport": request["EngineLifecycleSupport"]}
            self.store.update_instance(context, identifier, recorded)
            new = NewInstance(
                key=key(context, identifier),
                master_username=request["MasterUsername"],
                master_password=password,
                database=request.get("DBName"),
                parameters=group.values,
                origin=origin,
                port=port,
            )
            return self._launch(context, new)

    def set_defaults(self, context: RequestContext, request: Request) -> None:
        """Puts those values into the request that AWS has for members without one. Finds the storage's key."""
        request["EngineVersion"] = validation.resolve_version(request.get("EngineVersion"))
        request.setdefault("LicenseModel", "postgresql-license")
        request.setdefault("EngineLifecycleSupport", "open-source-rds-extended-support")
        request.setdefault("CACertificateIdentifier", certificates.AUTHORITY)
        if request.get("StorageEncrypted"):
            request["KmsKeyId"] = encryption.key_arn(context, request.get("KmsKeyId") or encryption.STORAGE_KEY)

    def _launch(self, context: RequestContext, new: NewInstance) -> Response:
        try:
            instance = self.manager.create(new)
        except ports.NoPortLeft as error:
            raise ServiceError("InsufficientDBInstanceCapacity", str(error)) from error
        try:
            return self._launched(context, instance)
        except BaseException:
            self.manager.delete(instance, None)
            raise

    def _launched(self, context: RequestContext, instance: Instance) -> Response:
        self.store.note_server(context, instance)
        self.export_log(context, instance)
        return self.description(context, instance)
