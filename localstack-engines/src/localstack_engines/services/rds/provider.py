"""The RDS service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.metrics import collector
from localstack_engines.network.security_groups import records
from localstack_engines.services.rds.api.absent_resources import AbsentResourceOperations
from localstack_engines.services.rds.api.account import AccountOperations
from localstack_engines.services.rds.api.cluster_parameter_groups import ClusterParameterGroupOperations
from localstack_engines.services.rds.api.cluster_restores import ClusterRestoreOperations
from localstack_engines.services.rds.api.engine_versions import EngineVersionOperations
from localstack_engines.services.rds.api.events import EventOperations
from localstack_engines.services.rds.api.instances import InstanceOperations
from localstack_engines.services.rds.api.log_files import LogFileOperations
from localstack_engines.services.rds.api.option_groups import OptionGroupOperations
from localstack_engines.services.rds.api.parameter_groups import ParameterGroupOperations
from localstack_engines.services.rds.api.replicas import ReplicaOperations
from localstack_engines.services.rds.api.restores import RestoreOperations
from localstack_engines.services.rds.api.snapshots import SnapshotOperations
from localstack_engines.services.rds.api.subnet_groups import SubnetGroupOperations
from localstack_engines.services.rds.api.tags import TagOperations
from localstack_engines.services.rds.control import network_endpoints
from localstack_engines.services.rds.control.cluster_manager import ClusterManager
from localstack_engines.services.rds.control.event_logs import EventLogs
from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.control.metrics import InstanceMetrics
from localstack_engines.services.rds.store import Store
from localstack_engines.services.rds.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class RdsProvider(
    AbsentResourceOperations,
    AccountOperations,
    ClusterParameterGroupOperations,
    ClusterRestoreOperations,
    EngineVersionOperations,
    EventOperations,
    InstanceOperations,
    LogFileOperations,
    OptionGroupOperations,
    ParameterGroupOperations,
    ReplicaOperations,
    RestoreOperations,
    SnapshotOperations,
    SubnetGroupOperations,
    TagOperations,
):
    """The operations of the RDS API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        manager = InstanceManager(EventLogs())
        super().__init__(Store(), manager, ClusterManager(manager))
        self._metrics = InstanceMetrics(manager)

    def on_before_start(self) -> None:
        collector.add(self._metrics.samples)
        records.add_endpoints(lambda: network_endpoints.endpoints(self.store, self.manager, self.clusters))

    def on_before_stop(self) -> None:
        self.clusters.stop_all()
        self.manager.stop_all()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("rds", RdsProvider(), SUPPORT)
