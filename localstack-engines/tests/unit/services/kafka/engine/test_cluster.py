"""The ports of a cluster's brokers when its listeners change. No broker runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from localstack_engines.services.kafka.engine import storage
from localstack_engines.services.kafka.engine.cluster import ClusterSpec, KafkaCluster
from localstack_engines.services.kafka.engine.listeners import IAM, PLAINTEXT, TLS, Listener
from localstack_engines.toolkit import ports
from localstack_engines.toolkit.process import SupervisedProcess


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> ports.PortRange:
    """A range with ports for two brokers with two listeners each, and one port more."""
    known = ports.PortRange(range(41000, 41006))
    monkeypatch.setattr(ports, "_is_free", lambda port: True)
    monkeypatch.setattr(ports, "reserve", known.reserve)
    monkeypatch.setattr(ports, "release", known.release)
    return known


@pytest.fixture
def cluster(known: ports.PortRange, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaCluster]:
    monkeypatch.setenv("ENGINES_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setattr(storage, "java_arguments", lambda: ("java", "@java.args"))
    spec = ClusterSpec(name="c", directory=tmp_path / "c", host="h", listeners=(TLS, IAM), access_url="http://x/y")
    cluster = KafkaCluster(spec)
    cluster.reserve(2)
    yield cluster
    cluster.destroy()
    assert known.taken() == {}


def listeners(cluster: KafkaCluster) -> list[tuple[Listener, ...]]:
    return [tuple(broker.spec.listeners) for broker in cluster.brokers]


def test_a_failed_change_of_listeners_leaves_no_port_behind(
    known: ports.PortRange, cluster: KafkaCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ports of closed listeners stay taken until brokers have closed them, at the latest until the deletion."""

    def fail(process: SupervisedProcess) -> None:
        raise RuntimeError("the broker does not start")

    monkeypatch.setattr(SupervisedProcess, "restart", fail)
    for broker in cluster.brokers:
        broker.spec.directory.mkdir(parents=True)
    before = known.taken()
    cluster.plan_listeners((IAM,))
    assert listeners(cluster) == [(IAM,), (IAM,)]
    with pytest.raises(RuntimeError):
        cluster.reconfigure({})
    assert known.taken() == before


def test_the_ports_of_closed_listeners_are_released(
    known: ports.PortRange, cluster: KafkaCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SupervisedProcess, "restart", lambda process: None)
    for broker in cluster.brokers:
        broker.spec.directory.mkdir(parents=True)
    cluster.plan_listeners((TLS,))
    cluster.reconfigure({})
    assert set(known.taken()) == {broker.spec.listeners[TLS] for broker in cluster.brokers}


def test_without_a_port_nothing_changes(known: ports.PortRange, cluster: KafkaCluster) -> None:
    before = known.taken()
    with pytest.raises(ports.NoPortLeft):
        cluster.plan_listeners((PLAINTEXT, TLS, IAM))
    assert known.taken() == before
    assert listeners(cluster) == [(TLS, IAM), (TLS, IAM)]
