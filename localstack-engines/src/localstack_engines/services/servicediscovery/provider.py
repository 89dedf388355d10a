"""The Cloud Map service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.network import dns
from localstack_engines.services.servicediscovery.api.asynchronous_operations import AsynchronousOperations
from localstack_engines.services.servicediscovery.api.discovery import DiscoveryOperations
from localstack_engines.services.servicediscovery.api.instances import InstanceOperations
from localstack_engines.services.servicediscovery.api.namespaces import NamespaceOperations
from localstack_engines.services.servicediscovery.api.service_attributes import ServiceAttributeOperations
from localstack_engines.services.servicediscovery.api.services import ServiceOperations
from localstack_engines.services.servicediscovery.control.discovery import discovery
from localstack_engines.services.servicediscovery.control.zones import Zones
from localstack_engines.services.servicediscovery.store import Store
from localstack_engines.services.servicediscovery.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class ServiceDiscoveryProvider(
    AsynchronousOperations,
    DiscoveryOperations,
    InstanceOperations,
    NamespaceOperations,
    ServiceAttributeOperations,
    ServiceOperations,
):
    """The operations of the Cloud Map API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        store = Store()
        super().__init__(store, discovery)
        self._zones = Zones(store, discovery)

    def on_before_start(self) -> None:
        dns.add_source(self._zones.answer)


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("servicediscovery", ServiceDiscoveryProvider(), SUPPORT)
