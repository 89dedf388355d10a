"""The EFS service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.services.efs.api.file_systems import FileSystemOperations
from localstack_engines.services.efs.store import Store
from localstack_engines.services.efs.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class EfsProvider(FileSystemOperations):
    """The operations of the EFS API."""


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("efs", EfsProvider(Store()), SUPPORT)
