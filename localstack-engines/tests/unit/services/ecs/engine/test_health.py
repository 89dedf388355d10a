"""The health of containers and tasks, as AWS describes health checks."""

import pytest

from localstack_engines.services.ecs.engine.health import HealthMachine, task_health
from localstack_engines.services.ecs.engine.task_spec import HealthCheck

CHECK = HealthCheck(["true"], interval=10, timeout=5, retries=3, start_period=30)


def test_it_is_unknown_until_the_first_result_that_counts() -> None:
    machine = HealthMachine(CHECK)
    assert machine.status == "UNKNOWN"
    for now in (0.5, 1.0, 29.0, 39.0):
        assert machine.record(now, success=False) == "UNKNOWN"


def test_the_first_success_counts_at_once_and_slows_the_probe_down() -> None:
    machine = HealthMachine(CHECK)
    assert machine.delay() == 0.5
    assert machine.record(1.0, success=True) == "HEALTHY"
    assert machine.delay() == 10


def test_the_delay_between_probes_before_the_first_success_grows() -> None:
    machine = HealthMachine(CHECK)
    delays = []
    for _ in range(6):
        delays.append(machine.delay())
        machine.record(0, success=False)
    assert delays == [0.5, 0.5, 1, 1, 2, 2]


def test_the_additional_probes_cannot_use_up_the_retries() -> None:
    machine = HealthMachine(CHECK)
    statuses = [machine.record(now / 2, success=False) for now in range(1, 121)]
    assert statuses.index("UNHEALTHY") / 2 + 0.5 == 60  # start period, then three intervals


def test_a_healthy_container_is_unhealthy_after_its_retries_in_a_row() -> None:
    machine = HealthMachine(CHECK)
    machine.record(1, success=True)
    assert [machine.record(t, success=False) for t in (11, 21)] == ["HEALTHY", "HEALTHY"]
    machine.record(31, success=True)
    assert [machine.record(t, success=False) for t in (41, 51, 61)] == ["HEALTHY", "HEALTHY", "UNHEALTHY"]
    assert machine.record(71, success=True) == "HEALTHY"


@pytest.mark.parametrize(
    ("containers", "expected"),
    [
        ([("UNKNOWN", False)], "UNKNOWN"),
        ([("HEALTHY", True), ("UNKNOWN", False)], "HEALTHY"),
        ([("HEALTHY", True), ("UNKNOWN", True)], "UNKNOWN"),
        ([("HEALTHY", True), ("UNHEALTHY", True)], "UNHEALTHY"),
    ],
)
def test_task_health_comes_from_containers_with_a_check(containers: list[tuple[str, bool]], expected: str) -> None:
    assert task_health(containers) == expected
