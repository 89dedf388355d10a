"""Operations on file systems. Moto keeps their records."""

from collections.abc import Callable

from localstack.aws.api import RequestContext

from localstack_engines.services.efs.engine import volumes
from localstack_engines.services.efs.store import Store
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError

Request = dict[str, str]
Response = dict[str, str]
Operation = Callable[[RequestContext, Request], Response]


class FileSystemOperations:
    """Deletes file systems, and creates access points in them."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def around(self, operation: Operation, context: RequestContext, request: Request) -> Response:
        """Runs an operation unless it names a file system that does not exist: moto checks that for some of them."""
        name = request.get("FileSystemId")
        if name and self.store.file_system(context.account_id, context.region, name) is None:
            raise ServiceError("FileSystemNotFound", f"File system '{name}' does not exist.", 404)
        return operation(context, request)

    def create_access_point(self, context: RequestContext, request: Request) -> Response:
        return moto(context, "CreateAccessPoint", request)

    def delete_file_system(self, context: RequestContext, request: Request) -> Response:
        """Deletes a file system without mount targets, and its files."""
        name = request["FileSystemId"]
        system = self.store.file_system(context.account_id, context.region, name)
        if system is not None and not system.number_of_mount_targets:
            try:
                volumes.remove(name)
            except volumes.VolumeInUse as error:
                raise ServiceError("FileSystemInUse", f"A task has mounted the file system: {error}", 409) from error
        return moto(context, "DeleteFileSystem", request)
