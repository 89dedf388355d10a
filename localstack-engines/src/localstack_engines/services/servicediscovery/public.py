"""What other services may ask of Cloud Map: the instances of a service, and calls after their changes."""

from collections.abc import Callable

from localstack_engines.services.servicediscovery.control.discovery import discovery
from localstack_engines.services.servicediscovery.models import Instance

__all__ = ["Instance", "instances", "subscribe"]


def instances(service_arn: str) -> list[Instance]:
    """Returns all instances of the service, healthy or not, in the order of registration.

    Returns an empty list when the service does not exist.
    """
    return discovery.instances(service_arn)


def subscribe(callback: Callable[[str], None]) -> Callable[[], None]:
    """Calls `callback` with a service's ARN after each change of its instances. Returns a function that ends this.

    All callbacks run in one thread, in the order of the changes.
    """
    return discovery.subscribe(callback)
