"""The metrics of DB instances.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""

import logging
import shutil
from collections.abc import Iterator

import psutil

from localstack_engines.metrics.samples import Sample
from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.engine.postgres import SqlError
from localstack_engines.services.rds.models import AVAILABLE, Instance
from localstack_engines.services.rds.store import allocated_storage
from localstack_engines.toolkit.process.processors import ProcessorMeter

LOG = logging.getLogger(__name__)

_GIBIBYTE = 1024**3


class InstanceMetrics:
    """Measures the servers of available DB instances."""

    def __init__(self, manager: InstanceManager) -> None:
        self._manager = manager
        self._meter = ProcessorMeter()

    def samples(self) -> Iterator[Sample]:
        """Yields the samples of all instances."""
        for instance in self._manager.all_instances():
            if instance.status == AVAILABLE:
                try:
                    yield from self._of(instance)
                except SqlError as error:
                    # The server has just stopped.
                    LOG.info("%s cannot be measured: %s", instance.identifier, error)

    def _of(self, instance: Instance) -> Iterator[Sample]:
        busy = self._meter.share(instance.server.pid)
        usage = instance.server.usage()
        # The local server has the machine's memory.
        measured = [("FreeableMemory", float(psutil.virtual_memory().available), "Bytes")]
        measured.append(("DatabaseConnections", usage.connections, "Count"))
        if busy is not None:
            measured.append(("CPUUtilization", busy.total, "Percent"))
        allocated = allocated_storage(instance.key)
        if allocated is not None and instance.cluster is None:
            free = min(allocated * _GIBIBYTE - usage.bytes, shutil.disk_usage(instance.server.data).free)
            measured.append(("FreeStorageSpace", max(0, free), "Bytes"))
        account, region, identifier = instance.key
        for name, value, unit in measured:
            yield Sample(account, region, "AWS/RDS", name, {"DBInstanceIdentifier": identifier}, [value], unit)
