"""The thread that keeps packet filters as the rules say. No container runs."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from localstack_engines.network.namespaces import RulesetRefused
from localstack_engines.network.security_groups import enforcement
from localstack_engines.network.security_groups.enforcement import PacketFilters
from localstack_engines.network.security_groups.model import Group, Interface, Rule, Vpc

_RULE = Rule("tcp", 80, 80, ("0.0.0.0/0",))


class _Machine:
    """EC2's records of one task, and nft in the task's namespace, which can fail."""

    def __init__(self) -> None:
        self.rules: tuple[Rule, ...] = ()
        self.failures: list[Exception] = []
        self.loaded: list[str] = []
        self.failed, self.succeeded = threading.Event(), threading.Event()

    def read(self, network: object) -> Vpc:
        own = Interface("10.0.1.4", frozenset({"app"}), "task")
        return Vpc("10.0.0.0/16", "10.0.0.2", groups={"app": Group(egress=self.rules)}, interfaces={own.address: own})

    def load(self, container: str, ruleset: str) -> None:
        if self.failures:
            self.failed.set()
            raise self.failures.pop(0)
        self.loaded.append(ruleset)
        self.succeeded.set()


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> _Machine:
    machine = _Machine()
    monkeypatch.setattr(enforcement, "networks", SimpleNamespace(containing=lambda address: "network"))
    monkeypatch.setattr(enforcement, "records", machine)
    monkeypatch.setattr(enforcement, "namespaces", machine)
    monkeypatch.setattr(enforcement, "ports", SimpleNamespace(subscribe=lambda listener: None))
    monkeypatch.setattr(enforcement, "_RETRY_SECONDS", 0.01)
    return machine


@pytest.fixture
def filters(machine: _Machine) -> Iterator[PacketFilters]:
    filters = PacketFilters()
    filters.open("container", "10.0.1.4")
    machine.succeeded.clear()
    filters.start()
    yield filters
    filters.stop()


def test_a_change_is_loaded_and_nothing_else_is(machine: _Machine, filters: PacketFilters) -> None:
    machine.rules = (_RULE,)
    filters.changed()
    assert machine.succeeded.wait(5)
    assert ["tcp dport 80-80" in ruleset for ruleset in machine.loaded] == [False, True]


def test_a_change_is_loaded_when_docker_answers_again(machine: _Machine, filters: PacketFilters) -> None:
    """Otherwise a rule that was removed would go on allowing connections."""
    machine.failures = [OSError("Docker does not answer"), TimeoutError()]
    machine.rules = (_RULE,)
    filters.changed()
    assert machine.succeeded.wait(5)
    assert machine.failed.is_set()
    assert ["tcp dport 80-80" in ruleset for ruleset in machine.loaded] == [False, True]


def test_a_ruleset_that_nft_refuses_is_not_tried_again(machine: _Machine, filters: PacketFilters) -> None:
    machine.failures = [RulesetRefused("syntax error")]
    machine.rules = (_RULE,)
    filters.changed()
    assert machine.failed.wait(5)
    assert not machine.succeeded.wait(0.3)
    assert len(machine.loaded) == 1
