"""The RDS service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.services.rds.api.engine_versions import EngineVersionOperations
from localstack_engines.services.rds.api.instances import InstanceOperations
from localstack_engines.services.rds.api.log_files import LogFileOperations
from localstack_engines.services.rds.api.parameter_groups import ParameterGroupOperations
from localstack_engines.services.rds.api.snapshots import SnapshotOperations
from localstack_engines.services.rds.api.subnet_groups import SubnetGroupOperations
from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.store import Store
from localstack_engines.services.rds.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class RdsProvider(
    EngineVersionOperations,
    InstanceOperations,
    LogFileOperations,
    ParameterGroupOperations,
    SnapshotOperations,
    SubnetGroupOperations,
):
    """The operations of the RDS API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        super().__init__(Store(), InstanceManager())

    def on_before_stop(self) -> None:
        self.manager.stop_all()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("rds", RdsProvider(), SUPPORT)
