"""The order in which a task's containers start and stop (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDependency.html
"""

from collections.abc import Mapping

from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.task_spec import COMPLETE, HEALTHY, START, SUCCESS, ContainerSpec


class Unresolvable(Exception):
    """A condition can no longer be met."""


def find_cycle(containers: list[ContainerSpec]) -> list[str] | None:
    """Returns the names of containers that wait for each other, or None."""
    waiting = {spec.name: set(spec.depends_on) for spec in containers}
    while True:
        ready = [name for name, needed in waiting.items() if not needed & waiting.keys()]
        if not ready:
            return sorted(waiting) or None
        for name in ready:
            del waiting[name]


def is_met(condition: str, state: ContainerState) -> bool:
    """Returns whether a container in this state meets the condition. Raises Unresolvable if it no longer can."""
    exited = state.status == "STOPPED"
    if exited and not state.has_started:
        raise Unresolvable(f"container {state.name} did not start")
    if condition == START:
        return state.has_started
    if condition == COMPLETE:
        return exited
    if condition == SUCCESS:
        if exited and state.exit_code != 0:
            raise Unresolvable(f"container {state.name} did not exit successfully (exit code {state.exit_code})")
        return exited
    if condition == HEALTHY:
        if exited or state.health == "UNHEALTHY":
            what = "exited" if exited else "is unhealthy"
            raise Unresolvable(f"container {state.name} {what} before it was healthy")
        return state.health == "HEALTHY"
    raise ValueError(f"unknown condition {condition}")


def can_start(spec: ContainerSpec, states: Mapping[str, ContainerState]) -> bool:
    """Returns whether all conditions of the container are met. Raises Unresolvable, which names both containers."""
    try:
        return all(is_met(condition, states[name]) for name, condition in spec.depends_on.items())
    except Unresolvable as error:
        raise Unresolvable(f"{spec.name} cannot start: {error}") from error


def next_to_stop(containers: list[ContainerSpec], states: Mapping[str, ContainerState]) -> list[str]:
    """Returns the running containers on which no running container depends.

    They stop first, so containers stop in the reverse of the order in which they started.
    """
    running = [spec for spec in containers if states[spec.name].status == "RUNNING"]
    needed = {name for spec in running for name in spec.depends_on}
    return [spec.name for spec in running if spec.name not in needed]
