"""Keeps the members of DB clusters, their writers and their endpoints."""

import logging
import threading
from collections.abc import Callable

from localstack_engines.services.rds import cluster_models, models
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control import events
from localstack_engines.services.rds.control.creation import NewInstance, Origin
from localstack_engines.services.rds.control.instance_manager import FAILURES, InstanceManager
from localstack_engines.services.rds.engine.failover import FailoverFailed, hand_over, rejoin, turn_to
from localstack_engines.services.rds.engine.postgres import PostgresServer
from localstack_engines.services.rds.engine.relay import Relay
from localstack_engines.services.rds.models import Instance, Key
from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.background import run_in_background

LOG = logging.getLogger(__name__)


class ClusterManager:
    """The clusters of all accounts. Long work happens in threads; `Cluster.state` shows its progress."""

    def __init__(self, instances: InstanceManager) -> None:
        self._instances = instances
        self._clusters: dict[Key, Cluster] = {}
        self.creations = threading.Lock()
        """Held from the look whether a cluster exists until it does, so that two requests do not make the same one."""
        self._root = settings.state_directory("rds")

    def get(self, key: Key) -> Cluster | None:
        return self._clusters.get(key)

    def all(self) -> list[Cluster]:
        """Returns the clusters of all accounts."""
        return list(self._clusters.values())

    def clusters(self, account: str, region: str) -> list[Cluster]:
        """Returns the clusters of an account in a region."""
        return [found for found in list(self._clusters.values()) if found.key[:2] == (account, region)]

    def reserve(self, key: Key, port: int | None) -> Relay:
        """Reserves a port for a new cluster and returns its relay. Raises `ports.NoPortLeft`."""
        number = ports.reserve("rds-cluster:" + ":".join(key), port)
        return Relay(f"rds cluster {key[2]}", number, self._root / f"relay-{number}")

    def release(self, relay: Relay) -> None:
        """Gives back what `reserve` has reserved."""
        ports.release(relay.port)

    def create(self, cluster: Cluster) -> None:
        """Starts the endpoints of a cluster, in the background."""
        self._clusters[cluster.key] = cluster

        def work() -> None:
            cluster.relay.start()
            # A member may have been added before.
            self.route(cluster)

        self._background(cluster, models.CREATING, work, events.CLUSTER_CREATED)

    def record(self, cluster: Cluster, kind: events.Kind, about: str = "") -> None:
        """Records an event of a cluster."""
        account, region, identifier = cluster.key
        self._instances.event_logs.of(account, region).record(kind, identifier, "cluster", about)

    def route(self, cluster: Cluster) -> None:
        """Makes the endpoints lead to the servers that they should lead to."""
        with cluster.lock:
            cluster.relay.route(cluster.routes())

    def origin(self, cluster: Cluster) -> Origin | None:
        """Returns what the next member has its data from; None for the first member of a new cluster."""
        if cluster.writer is not None:
            return Origin(None, events.CREATED, "", primary=cluster.writer)
        if cluster.volume is not None:
            return Origin(cluster.volume, events.CREATED, "")
        return None

    def add(self, cluster: Cluster, new: NewInstance, tier: int) -> Instance:
        """Sets up the server of a new member. Raises `ports.NoPortLeft`."""
        with cluster.lock:
            made = self._instances.create(new, cluster, tier)
            cluster.members.append(made)
            self.route(cluster)
        return made

    def remove(self, member: Instance, cluster: Cluster) -> None:
        """Removes a member and its server. A reader takes the writer's place; the last member leaves its data.

        Does nothing for one that was removed meanwhile. Raises FailoverFailed, and what the servers raise.
        """
        with cluster.lock:
            if member not in cluster.members:
                return
            if member.primary is None and cluster.readers:
                self._fail_over_to(cluster, _next_writer(cluster, None))
            # A change that is under way, such as a reboot, ends before the server is stopped.
            keeps_data = member.primary is None and member.complete
            cluster.members.remove(member)
            self.route(cluster)
            if keeps_data and cluster.volume is not None:
                self._instances.delete_snapshot(cluster.volume)
            volume = (*member.key[:2], f"volume:{cluster.resource_id}") if keeps_data else None
            self._instances.delete(member, volume)
            cluster.volume = volume or cluster.volume

    def fail_over(self, cluster: Cluster, target: Instance | None) -> None:
        """Makes a reader the writer, in the background: the target, or the one of the lowest tier.

        Raises FailoverFailed when no reader can take over.
        """
        chosen = _next_writer(cluster, target)
        self.record(cluster, events.FAILOVER_STARTED)

        def work() -> None:
            # A failover that fails leaves the former order and the cluster available.
            try:
                with cluster.lock:
                    self._fail_over_to(cluster, chosen)
                self.record(cluster, events.FAILOVER_COMPLETED, chosen.identifier)
            except (FailoverFailed, *FAILURES) as error:
                LOG.warning("DB cluster %s: failover failed: %s", cluster.identifier, error)
                self.record(cluster, events.FAILOVER_FAILED, str(error))

        self._background(cluster, cluster_models.FAILING_OVER, work, None)

    def rename(self, member: Instance, identifier: str) -> None:
        """Gives an instance another identifier, which its cluster's custom endpoints get to know."""
        for endpoint in member.cluster.endpoints.values() if member.cluster else ():
            for names in (endpoint.static, endpoint.excluded):
                names[:] = [identifier if name == member.identifier else name for name in names]
        self._instances.rename(member, identifier)

    def stop(self, cluster: Cluster) -> None:
        """Stops all servers, the readers first."""

        def work() -> None:
            with cluster.lock:
                for member in reversed(_writer_first(cluster, models.AVAILABLE)):
                    self._instances.stop(member).join()

        self._background(cluster, models.STOPPING, work, events.CLUSTER_STOPPED, models.STOPPED)

    def start(self, cluster: Cluster) -> None:
        """Starts all servers, the writer first."""

        def work() -> None:
            with cluster.lock:
                for member in _writer_first(cluster, models.STOPPED):
                    self._instances.start(member).join()

        self._background(cluster, models.STARTING, work, events.CLUSTER_STARTED)

    def set_password(self, cluster: Cluster, password: str) -> None:
        """Changes the master user's password. Raises SqlError, or ProcessFailed."""
        with cluster.lock:
            if cluster.writer is not None:
                self._instances.set_password(cluster.writer, password)
            cluster.master_password = password

    def take_snapshot(self, cluster: Cluster, snapshot: Key) -> bool:
        """Copies the data of a cluster. Returns False when it has none yet. Raises SqlError."""
        with cluster.lock:
            if cluster.writer is not None:
                self._instances.take_snapshot(cluster.writer, snapshot)
            elif cluster.volume is not None:
                self._instances.copy_snapshot(cluster.volume, snapshot)
            else:
                return False
        return True

    def delete(self, cluster: Cluster) -> None:
        """Removes a cluster that has no members, and its data."""
        with cluster.lock:
            cluster.state = models.DELETING
            cluster.relay.destroy()
            if cluster.volume is not None:
                self._instances.delete_snapshot(cluster.volume)
            self._clusters.pop(cluster.key, None)
            ports.release(cluster.relay.port)
        self.record(cluster, events.CLUSTER_DELETED)

    def stop_all(self) -> None:
        """Stops all relays."""
        for cluster in list(self._clusters.values()):
            cluster.relay.destroy()

    def _fail_over_to(self, cluster: Cluster, target: Instance) -> None:
        old = cluster.writer
        if old is None:
            raise FailoverFailed("the cluster has no writer")
        others = [reader for reader in cluster.readers if reader is not target]
        with old.lock, target.lock:
            # Readers are copied from the writer while its lock is held. One that is not yet copied finds its writer
            # itself, and one whose copy failed has no data.
            standbys = [reader for reader in others if reader.server.follows(old.server)]
            states = old.state, target.state
            old.state = target.state = models.REBOOTING
            try:
                hand_over(old.server, target.server, [reader.server for reader in standbys])
            except FAILURES as error:
                if not old.server.ready:
                    states = models.FAILED, states[1]
                    old.failure = str(error)
                raise
            finally:
                old.state, target.state = states
            target.primary = None
            for member in (old, *others):
                member.primary = target
            self._instances.configure(target)
            target.server.reload()
            self.route(cluster)
            for reader in standbys:
                self._change_primary(reader, target, turn_to)
            self._change_primary(old, target, rejoin)

    def _change_primary(
        self,
        member: Instance,
        primary: Instance,
        change: Callable[[PostgresServer, PostgresServer, Callable[[], None]], None],
    ) -> None:
        """Makes a member a standby of the new writer. One that cannot is failed, and the cluster goes on without it."""
        try:
            change(member.server, primary.server, lambda: self._instances.configure(member))
        except FAILURES as error:
            member.failure, member.state = str(error), models.FAILED
            self._instances.record(member, events.FAILED, str(error))

    def _background(
        self,
        cluster: Cluster,
        state: str,
        work: Callable[[], None],
        done: events.Kind | None,
        after: str = models.AVAILABLE,
    ) -> None:
        def recorded() -> None:
            work()
            if done is not None:
                self.record(cluster, done)

        run_in_background(
            cluster,
            recorded,
            name=f"DB cluster {cluster.identifier}",
            during=state,
            after=after,
            failed=models.FAILED,
            expected=FAILURES,
        )


def _writer_first(cluster: Cluster, state: str) -> list[Instance]:
    """Returns the members that are in a state, the writer first."""
    return sorted((one for one in cluster.members if one.state == state), key=lambda one: one.primary is not None)


def _next_writer(cluster: Cluster, target: Instance | None) -> Instance:
    """Returns the target, or else the running reader of the lowest promotion tier."""
    running = [reader for reader in cluster.readers if reader.status == models.AVAILABLE]
    wanted = [reader for reader in running if target in (None, reader)]
    if not wanted:
        raise FailoverFailed("no reader of the cluster is available")
    return min(wanted, key=lambda reader: reader.promotion_tier)
