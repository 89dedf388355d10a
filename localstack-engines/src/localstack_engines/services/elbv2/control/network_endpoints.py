"""The ports of load balancers with security groups, for those of the tasks that connect to them."""

from collections.abc import Iterator

from localstack_engines.network.security_groups.model import Endpoint
from localstack_engines.services.elbv2.store import Store


def endpoints(store: Store) -> Iterator[Endpoint]:
    """Yields the listeners, each at the load balancer's address and at its published port."""
    for balancer in store.load_balancers():
        groups, name = frozenset(balancer.security_groups), f"the load balancer {balancer.name}"
        for listener in list(balancer.listeners.values()) if groups else ():
            ports = frozenset((listener.port,))
            yield Endpoint(name, listener.port, groups, ports, balancer.interface.address)
            if listener.published_port is not None:
                yield Endpoint(name, listener.published_port, groups, ports)
