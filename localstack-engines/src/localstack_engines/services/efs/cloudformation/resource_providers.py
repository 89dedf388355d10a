"""EFS's CloudFormation types."""

from localstack_engines.services.efs.cloudformation.access_point import AccessPoint
from localstack_engines.services.efs.cloudformation.file_system import FileSystem
from localstack_engines.services.efs.cloudformation.mount_target import MountTarget

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (AccessPoint, FileSystem, MountTarget)}
