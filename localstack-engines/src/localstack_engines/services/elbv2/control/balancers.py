"""Runs the load balancers as their records say: containers, published ports, and the targets of their groups."""

import copy
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from localstack_engines.gateway import edge_proxy
from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.network import interfaces
from localstack_engines.network.networks import docker_client
from localstack_engines.services.elbv2.control import translation
from localstack_engines.services.elbv2.control.access_logs import AccessLogs, is_on
from localstack_engines.services.elbv2.control.request_metrics import RequestMetrics
from localstack_engines.services.elbv2.control.targets import Targets
from localstack_engines.services.elbv2.engine import model
from localstack_engines.services.elbv2.engine.container import BalancerContainer, Place
from localstack_engines.services.elbv2.engine.entrance import Door, Entrance
from localstack_engines.services.elbv2.errors import (
    invalid_configuration,
    load_balancer_not_found,
    target_group_not_found,
)
from localstack_engines.services.elbv2.models import (
    ACTIVE,
    DELETED,
    FAILED,
    PROVISIONING,
    LoadBalancer,
    Target,
    TargetGroup,
)
from localstack_engines.services.elbv2.store import Store
from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.background import run_in_background
from localstack_engines.toolkit.errors import ServiceError

LOG = logging.getLogger(__name__)

_PURPOSE = "elbv2 "
"""Before a listener's ARN, in the purpose of its published port."""
_USUAL_PORTS = (80, 443)


@contextmanager
def refusals() -> Iterator[None]:
    """Raises InvalidConfigurationRequest when HAProxy refuses what the body does."""
    try:
        yield
    except CommandFailed as error:
        raise invalid_configuration(f"The load balancer does not take the change: {error}") from error


class Balancers:
    """Starts, changes and removes load balancers."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.metrics = RequestMetrics(store)
        self.access_logs = AccessLogs(store, self.metrics)
        self.targets = Targets(store, self._publish_group, self._drain)
        self._containers: dict[str, BalancerContainer] = {}
        self._entrance: Entrance | None = None
        self._opening = threading.Lock()
        self._ports = threading.Lock()
        self.group_changes = threading.RLock()
        """Held while target groups are changed or deleted. A load balancer's lock may be taken after it."""

    def start(self, balancer: LoadBalancer) -> None:
        """Starts a load balancer in the background. It becomes active when it runs."""
        interface = balancer.interface
        place = Place(
            name=f"{settings.NAME}-{settings.owner()}-elb-{balancer.name}-{balancer.id[:8]}",
            network=interface.network.name,
            address=interface.address,
            resolver=interface.network.resolver,
        )
        container = self._containers[balancer.arn] = BalancerContainer(docker_client(), place)

        def work() -> None:
            try:
                container.start()
                # Listeners may have been created meanwhile.
                container.serve(self._model(balancer))
            except Exception:
                container.remove()
                raise

        run_in_background(
            balancer,
            work,
            name=f"load balancer {balancer.name}",
            during=PROVISIONING,
            after=ACTIVE,
            failed=FAILED,
        )

    def remove(self, balancer: LoadBalancer) -> None:
        """Removes what runs. Its record is gone already."""
        with balancer.lock:
            # A start or a change that waits for the lock must not begin any more.
            balancer.state = DELETED
            groups = [group for group in self.store.target_groups() if group.scope == balancer.scope]
            try:
                self._open_doors()
            finally:
                self._release_ports()
                for group in groups:
                    self.targets.watch(group)
                if container := self._containers.pop(balancer.arn, None):
                    container.remove()
                self.access_logs.write(balancer)
                interfaces.detach(balancer.scope.account, balancer.scope.region, balancer.interface)

    @contextmanager
    def change(self, balancer: LoadBalancer) -> Iterator[None]:
        """Serves what the body has changed in the load balancer's record, or brings the record back to what it was.

        Raises InvalidConfigurationRequest when HAProxy refuses the change, LoadBalancerNotFound after a deletion.
        """
        with balancer.lock:
            if balancer.state == DELETED:
                raise load_balancer_not_found(balancer.arn)
            if balancer.state == FAILED:
                raise invalid_configuration(f"The load balancer '{balancer.name}' has failed: {balancer.failure}")
            before = copy.deepcopy((balancer.listeners, balancer.attributes))
            try:
                with refusals():
                    yield
                    _assign_inner_ports(balancer)
                    with self._ports:
                        _publish(balancer)
                    self._serve(balancer)
            except Exception:
                balancer.listeners, balancer.attributes = before
                self._release_ports()
                raise
            self._release_ports()
            self._open_doors()
            for group in self.store.target_groups():
                if group.scope == balancer.scope:
                    self.targets.watch(group)

    @contextmanager
    def change_group(self, group: TargetGroup) -> Iterator[None]:
        """Does the same for the record of a target group. Raises TargetGroupNotFound after a deletion."""
        with self.group_changes:
            if self.store.target_group(group.arn) is not group:
                raise target_group_not_found()
            before = copy.deepcopy((group.check, group.attributes))
            try:
                with refusals():
                    yield
                    self._publish_group(group)
            except Exception:
                group.check, group.attributes = before
                raise
            self.targets.watch(group)

    def set_alias(self, balancer: LoadBalancer, name: str, *, is_used: bool) -> None:
        """Makes a host name, in lower case, lead to a load balancer, or not any more. Raises LoadBalancerNotFound."""
        with balancer.lock:
            if balancer.state == DELETED:
                raise load_balancer_not_found(balancer.arn)
            if is_used:
                balancer.aliases.add(name)
            else:
                balancer.aliases.discard(name)
            self._open_doors()

    def stop_all(self) -> None:
        self.targets.stop()
        self.access_logs.stop()
        for container in list(self._containers.values()):
            container.remove()
        if self._entrance is not None:
            self._entrance.close()

    def _publish_group(self, group: TargetGroup) -> None:
        for balancer in self.store.users(group):
            with balancer.lock:
                self._serve(balancer)

    def _serve(self, balancer: LoadBalancer) -> None:
        """Serves the record as it is. The caller holds the load balancer's lock."""
        container = self._containers.get(balancer.arn)
        if container is not None and balancer.state == ACTIVE:
            container.serve(self._model(balancer))

    def _model(self, balancer: LoadBalancer) -> model.LoadBalancer:
        return translation.load_balancer(
            self.store, balancer, self.access_logs.port(balancer), logs_all=is_on(balancer)
        )

    def _drain(self, group: TargetGroup, target: Target, seconds: float) -> None:
        for balancer in self.store.users(group):
            container = self._containers.get(balancer.arn)
            if container is not None and balancer.state == ACTIVE:
                server, pool = translation.server(target), translation.pool(group, balancer)
                closes = balancer.is_application or _closes(group)
                container.drain(pool, server, seconds, closes)

    def _release_ports(self) -> None:
        """Releases the published ports of listeners that are gone."""
        with self._ports:
            used = {
                listener.published_port
                for balancer in self.store.load_balancers()
                for listener in list(balancer.listeners.values())
            }
            for port, purpose in ports.taken().items():
                if purpose.startswith(_PURPOSE) and port not in used:
                    ports.release(port)

    def _open_doors(self) -> None:
        with self._opening:
            doors = tuple(
                sorted(
                    (door for balancer in self.store.load_balancers() for door in _doors(balancer)),
                    # On the edge port, the usual ports of HTTP and HTTPS come before others of the same name.
                    key=lambda door: (door.port not in _USUAL_PORTS, door.port, door.id),
                )
            )
            if self._entrance is None and doors:
                edge = edge_proxy.edge()
                self._entrance = Entrance(
                    settings.state_directory("elbv2"), edge.load_balancer_socket, edge.load_balancer_tls_socket
                )
            if self._entrance is not None:
                self._entrance.open(doors)


def _doors(balancer: LoadBalancer) -> list[Door]:
    return [
        Door(
            id=listener.id,
            names=(balancer.dns_name.lower(), *sorted(balancer.aliases)),
            address=balancer.interface.address,
            port=listener.port,
            inner_port=listener.inner_port,
            published_port=listener.published_port,
            is_http=listener.protocol == "HTTP",
            has_tls=listener.ssl_policy is not None,
        )
        # Other threads change the listeners of other load balancers meanwhile.
        for listener in list(balancer.listeners.values())
        if listener.published_port is not None
    ]


def _assign_inner_ports(balancer: LoadBalancer) -> None:
    listeners = balancer.listeners.values()
    found = model.inner_ports({listener.port: listener.inner_port for listener in listeners})
    for listener in listeners:
        listener.inner_port = found[listener.port]


def _publish(balancer: LoadBalancer) -> None:
    """Gives each listener of an internet-facing load balancer a port of the machine. Raises TooManyListeners."""
    for listener in balancer.listeners.values():
        if balancer.is_public and listener.published_port is None:
            try:
                listener.published_port = ports.reserve(f"{_PURPOSE}{listener.arn}")
            except ports.NoPortLeft as error:
                raise ServiceError("TooManyListeners", str(error)) from error


def _closes(group: TargetGroup) -> bool:
    return group.attributes.get("deregistration_delay.connection_termination.enabled") == "true"


balancers = Balancers(Store())
"""The load balancers that the provider and the other services of this LocalStack share."""
