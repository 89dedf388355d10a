"""Chooses the container instances of tasks (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement.html
"""

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from localstack_engines.services.ecs.control import cluster_query
from localstack_engines.services.ecs.instance_models import ContainerInstance, Resources
from localstack_engines.services.ecs.models import Task

RESERVED_PORTS = frozenset({22, 2375, 2376, 51678, 51679})
"""Ports of a container instance that tasks cannot have: SSH's, Docker's and the agent's."""

_SPREAD = (
    {"type": "spread", "field": "attribute:ecs.availability-zone"},
    {"type": "spread", "field": "instanceId"},
)
"""How tasks are placed without a strategy."""


@dataclass(frozen=True)
class Needs:
    """What a task takes of an instance. `ports` are those of the instance that its definition names."""

    resources: Resources
    ports: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Candidate:
    """An instance and the tasks that it has."""

    instance: ContainerInstance
    tasks: Sequence[Task]

    @property
    def remaining(self) -> Resources:
        left = self.instance.resources
        for task in self.tasks:
            left = left.minus(needs(task.effective_definition).resources)
        return left

    @property
    def ports(self) -> set[int]:
        """The taken ports."""
        return {port for task in self.tasks for port in task.host_ports.values()} | RESERVED_PORTS


@dataclass(frozen=True)
class Placement:
    """How a task is to be placed: constraints and strategy in the API's spelling, and which instances may have it."""

    constraints: Sequence[dict[str, Any]] = ()
    strategy: Sequence[dict[str, Any]] = ()
    only: Callable[[ContainerInstance], bool] = lambda instance: True


class NotPlaced(Exception):
    """No instance meets a task's requirements. `failures` has each instance and a reason, in the API's words."""

    def __init__(self, failures: list[tuple[ContainerInstance, str]]) -> None:
        super().__init__("no container instance met all of its requirements")
        self.failures = failures

    @property
    def sentence(self) -> str:
        """The end of the event in which a service tells of it."""
        if not self.failures:
            return "Reason: No Container Instances were found in your cluster."
        closest, reason = self.failures[-1]
        return f"The closest matching (container-instance {closest.id}) {_SENTENCES[reason]}."


_CPU, _MEMORY, _PORTS, _AGENT = "RESOURCE:CPU", "RESOURCE:MEMORY", "RESOURCE:PORTS", "AGENT"
_CONSTRAINT = "MemberOf placement constraint unsatisfied."
_DISTINCT = "DistinctInstance placement constraint unsatisfied."
_SENTENCES = {
    _CPU: "has insufficient CPU units available",
    _MEMORY: "has insufficient memory available",
    _PORTS: "is already using a port required by your task",
    _AGENT: "has the agent disconnected",
    _CONSTRAINT: "does not satisfy a memberOf constraint of your task",
    _DISTINCT: "already has a task of the group, which a distinctInstance constraint forbids",
}
_ORDER = (_AGENT, _CONSTRAINT, _DISTINCT, _PORTS, _CPU, _MEMORY)
"""The later a reason is here, the closer is the match."""


def needs(definition: dict[str, Any]) -> Needs:
    """Returns what a task with this definition takes: its size, or else the sizes of its containers."""
    containers = definition["containerDefinitions"]
    cpu = definition.get("cpu") or sum(c.get("cpu") or 0 for c in containers)
    memory = definition.get("memory") or sum(c.get("memoryReservation") or c.get("memory") or 0 for c in containers)
    return Needs(Resources(int(cpu), int(memory)), frozenset(p for _, _, p in host_ports(definition) if p))


def host_ports(definition: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Returns container, its port and the port of the instance for each mapping; 0 stands for any free port."""
    mode = definition.get("networkMode") or "bridge"
    if mode not in ("bridge", "host"):
        return []
    return [
        (c["name"], m["containerPort"], m["containerPort"] if mode == "host" else m.get("hostPort") or 0)
        for c in definition["containerDefinitions"]
        for m in c.get("portMappings") or []
        if m.get("containerPort")
    ]


def choose(
    candidates: Iterable[Candidate], definition: dict[str, Any], group: str, placement: Placement
) -> ContainerInstance:
    """Returns the instance for a task. Raises NotPlaced."""
    wanted, fitting, failures = needs(definition), [], []
    constraints = [*placement.constraints, *(definition.get("placementConstraints") or [])]
    known = [candidate for candidate in candidates if placement.only(candidate.instance)]
    for candidate in known:
        reason = _problem(candidate, wanted, group, constraints)
        if reason is None:
            fitting.append(candidate)
        else:
            failures.append((candidate.instance, reason))
    if not fitting:
        raise NotPlaced(sorted(failures, key=lambda failure: _ORDER.index(failure[1])))
    rules = placement.strategy or _SPREAD
    return min(fitting, key=lambda one: [_rank(one, rule, known, group) for rule in rules]).instance


def _problem(candidate: Candidate, wanted: Needs, group: str, constraints: Sequence[dict[str, Any]]) -> str | None:
    remaining = candidate.remaining
    if not candidate.instance.takes_tasks:
        return _AGENT
    for constraint in constraints:
        if constraint["type"] == "distinctInstance":
            if any(task.group == group for task in candidate.tasks):
                return _DISTINCT
        elif not satisfies(candidate, constraint.get("expression") or ""):
            return _CONSTRAINT
    if wanted.ports & candidate.ports:
        return _PORTS
    if wanted.resources.cpu > remaining.cpu:
        return _CPU
    return _MEMORY if wanted.resources.memory > remaining.memory else None


def satisfies(candidate: Candidate, expression: str) -> bool:
    """Returns whether an instance meets an expression of the cluster query language. Raises InvalidExpression."""
    instance = candidate.instance
    subject = cluster_query.Subject(
        attributes=instance.attributes,
        fields={
            "ec2InstanceId": instance.ec2_instance_id,
            "agentConnected": str(instance.is_connected).lower(),
            "registeredAt": instance.registered_at.isoformat(),
            "runningTasksCount": str(sum(task.status == "RUNNING" for task in candidate.tasks)),
        },
        groups=frozenset(task.group for task in candidate.tasks),
    )
    return cluster_query.parse(expression)(subject)


def _rank(candidate: Candidate, rule: dict[str, Any], known: Sequence[Candidate], group: str) -> float:
    """Returns a number that is smaller the better the instance is, by one rule of a strategy."""
    field = (rule.get("field") or "").lower()
    if rule["type"] == "binpack":
        return candidate.remaining.cpu if field == "cpu" else candidate.remaining.memory
    if rule["type"] == "spread":
        value = _value(candidate.instance, field)
        others = (one for one in known if _value(one.instance, field) == value)
        return sum(task.group == group for one in others for task in one.tasks)
    return random.random()  # noqa: S311


def _value(instance: ContainerInstance, field: str) -> str | None:
    if field in ("instanceid", "host"):
        return instance.id
    return {name.lower(): value for name, value in instance.attributes.items()}.get(field.removeprefix("attribute:"))
