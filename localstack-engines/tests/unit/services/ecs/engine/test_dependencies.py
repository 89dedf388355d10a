"""Start and stop order of a task's containers."""

from datetime import UTC, datetime

import pytest

from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.dependencies import Unresolvable, can_start, find_cycle, next_to_stop
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def spec(name: str, **depends_on: str) -> ContainerSpec:
    return ContainerSpec(name, "image", depends_on=depends_on)


def running(name: str, health: str = "UNKNOWN") -> ContainerState:
    return ContainerState(name, "RUNNING", health, started_at=NOW)


def ended(name: str, code: int) -> ContainerState:
    return ContainerState(name, "STOPPED", exit_code=code, started_at=NOW)


@pytest.mark.parametrize(
    ("condition", "state", "expected"),
    [
        ("START", ContainerState("db"), False),
        ("START", running("db"), True),
        ("START", ended("db", 1), True),
        ("COMPLETE", running("db"), False),
        ("COMPLETE", ended("db", 1), True),
        ("SUCCESS", running("db"), False),
        ("SUCCESS", ended("db", 0), True),
        ("HEALTHY", running("db"), False),
        ("HEALTHY", running("db", "HEALTHY"), True),
    ],
)
def test_conditions(condition: str, state: ContainerState, expected: bool) -> None:
    assert can_start(spec("app", db=condition), {"db": state}) is expected


@pytest.mark.parametrize(
    ("condition", "state", "why"),
    [
        ("SUCCESS", ended("db", 2), "exit code 2"),
        ("HEALTHY", running("db", "UNHEALTHY"), "unhealthy"),
        ("HEALTHY", ended("db", 0), "exited before it was healthy"),
        ("START", ContainerState("db", "STOPPED"), "did not start"),
    ],
)
def test_a_condition_that_can_no_longer_be_met_is_reported(condition: str, state: ContainerState, why: str) -> None:
    with pytest.raises(Unresolvable, match=f"app cannot start: .*{why}"):
        can_start(spec("app", db=condition), {"db": state})


def test_cycles_are_found() -> None:
    assert find_cycle([spec("a", b="START"), spec("b", a="START"), spec("c")]) == ["a", "b"]
    assert find_cycle([spec("a", b="START"), spec("b")]) is None


def test_containers_stop_in_reverse_order() -> None:
    specs = [spec("db"), spec("app", db="HEALTHY"), spec("proxy", app="START")]
    states = {s.name: running(s.name) for s in specs}
    order = []
    while names := next_to_stop(specs, states):
        order.append(names)
        for name in names:
            states[name].status = "STOPPED"
    assert order == [["proxy"], ["app"], ["db"]]
