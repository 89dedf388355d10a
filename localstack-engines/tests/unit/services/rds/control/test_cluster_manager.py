"""Members of a cluster come and go and change places, also while others are being created or rebooted."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localstack_engines.services.rds import models
from localstack_engines.services.rds.cluster_models import Cluster
from localstack_engines.services.rds.control import cluster_manager
from localstack_engines.services.rds.control.cluster_manager import ClusterManager
from localstack_engines.services.rds.engine.postgres import PostgresServer, ServerSpec
from localstack_engines.services.rds.models import Instance


class Instances:
    """Notes what is deleted and with which volume."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, Any]] = []

    def configure(self, _: Instance) -> None:
        """Writes nothing."""

    def delete(self, instance: Instance, volume: Any) -> None:
        self.deleted.append((instance.identifier, volume))


def make_member(name: str, port: int, primary: Instance | None = None, state: str = models.AVAILABLE) -> Instance:
    spec = ServerSpec(name=name, port=port, owner="o", directory=Path("/nowhere"), sockets=Path("/nowhere"))
    complete = state != models.CREATING
    return Instance(("1", "x", name), PostgresServer(spec), "o", state=state, primary=primary, complete=complete)


def make_cluster(*members: Instance) -> Cluster:
    relay: Any = SimpleNamespace(port=1, routes=[])
    relay.route = relay.routes.append
    cluster = Cluster(
        key=("1", "x", "c"), engine="aurora-postgresql", engine_version="16.8", master_username="o",
        master_password=None, database=None, parameter_group="g", relay=relay, recorded={}, members=list(members),
    )  # fmt: skip
    cluster.state = models.AVAILABLE
    return cluster


@pytest.fixture
def instances() -> Instances:
    return Instances()


@pytest.fixture
def manager(instances: Instances) -> ClusterManager:
    used: Any = instances
    return ClusterManager(used)


def test_a_reader_that_was_just_copied_from_the_old_writer_turns_to_the_new_one(
    manager: ClusterManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = make_member("old", 1)
    new, late, waiting = (make_member(name, port, old) for name, port in (("new", 2), ("late", 3), ("waiting", 4)))
    # Its copy ended while the failover waited for the writer, and its own thread has not said so yet.
    late.state = waiting.state = models.CREATING
    late.server.follow(old.server)
    handed: list[Any] = []
    turned: list[PostgresServer] = []
    monkeypatch.setattr(cluster_manager, "hand_over", lambda *servers: handed.append(servers))
    monkeypatch.setattr(cluster_manager, "rejoin", lambda *_: None)
    monkeypatch.setattr(cluster_manager, "turn_to", lambda standby, *_: turned.append(standby))
    cluster = make_cluster(old, new, late, waiting)
    manager._fail_over_to(cluster, new)
    assert handed == [(old.server, new.server, [late.server])]
    assert turned == [late.server]
    assert (cluster.writer, waiting.primary) == (new, new)


@pytest.mark.parametrize("state", [models.AVAILABLE, models.STOPPED, models.REBOOTING, models.FAILED])
def test_the_last_member_leaves_its_data(manager: ClusterManager, instances: Instances, state: str) -> None:
    member = make_member("m", 1, state=state)
    cluster = make_cluster(member)
    manager.remove(member, cluster)
    assert instances.deleted == [("m", cluster.volume)]
    assert cluster.volume is not None


def test_a_member_that_is_not_complete_leaves_no_data(manager: ClusterManager, instances: Instances) -> None:
    member = make_member("m", 1, state=models.CREATING)
    cluster = make_cluster(member)
    cluster.volume = ("1", "x", "volume:restored")
    manager.remove(member, cluster)
    assert instances.deleted == [("m", None)]
    assert cluster.volume == ("1", "x", "volume:restored")


def test_a_member_is_removed_once(manager: ClusterManager, instances: Instances) -> None:
    member = make_member("m", 1)
    cluster = make_cluster(member)
    manager.remove(member, cluster)
    manager.remove(member, cluster)
    assert len(instances.deleted) == 1


def test_the_endpoints_lead_to_a_member_that_was_added_before_they_started(manager: ClusterManager) -> None:
    cluster = make_cluster(make_member("m", 5))
    relay: Any = cluster.relay
    relay.start = lambda: relay.routes.append({})
    instances: Any = SimpleNamespace(event_logs=SimpleNamespace(of=lambda *_: SimpleNamespace(record=lambda *_: None)))
    manager = ClusterManager(instances)
    manager.create(cluster)
    while cluster.state == models.CREATING:
        with cluster.lock:
            pass
    assert relay.routes[-1][""] == [[5]]
