"""The choice of container instances."""

from typing import Any

import pytest

from localstack_engines.network.interfaces import Place
from localstack_engines.network.networks import VpcNetwork
from localstack_engines.services.ecs.control.placement import Candidate, NotPlaced, Placement, choose, host_ports, needs
from localstack_engines.services.ecs.instance_models import ContainerInstance, Resources
from localstack_engines.services.ecs.models import Scope, Task

SCOPE = Scope("000000000000", "us-east-1", "c")
NETWORK = VpcNetwork(vpc_id="v", name="n", vpc_cidr="10.0.0.0/16", cidr="10.0.0.0/16", resolver="10.0.0.2")


def instance(name: str, memory: int = 1000, zone: str = "a") -> ContainerInstance:
    attributes: dict[str, str | None] = {"ecs.availability-zone": zone}
    place = Place("10.0.0.9", NETWORK)
    return ContainerInstance(SCOPE, name, Resources(1024, memory), place, zone, "s", attributes=attributes)


def definition(memory: int = 100, port: int | None = None, **more: Any) -> dict[str, Any]:
    mappings = [{"containerPort": 80, "hostPort": port}] if port is not None else []
    container = {"name": "app", "memory": memory, "cpu": 10, "portMappings": mappings}
    return {"family": "f", "networkMode": "bridge", "containerDefinitions": [container], **more}


def candidate(one: ContainerInstance, *tasks: dict[str, Any], group: str = "g") -> Candidate:
    made = [Task(SCOPE, wanted, group, "EC2", container_instance=one) for wanted in tasks]
    for task in made:
        task.host_ports = {(name, port): host for name, port, host in host_ports(task.definition) if host}
    return Candidate(one, made)


def test_a_task_takes_its_size_or_that_of_its_containers() -> None:
    assert needs(definition(300, port=8080)).resources == Resources(10, 300)
    assert needs({**definition(300), "cpu": "256", "memory": "512"}).resources == Resources(256, 512)
    assert needs(definition(port=8080)).ports == {8080}
    assert needs(definition(port=0)).ports == frozenset()
    assert host_ports(definition(port=0, networkMode="host")) == [("app", 80, 80)]
    assert host_ports(definition(port=80, networkMode="awsvpc")) == []


def test_binpack_takes_the_fullest_instance_and_spread_the_emptiest() -> None:
    full, free = candidate(instance("full"), definition(500)), candidate(instance("free"), definition(100))
    binpack, spread = {"type": "binpack", "field": "memory"}, {"type": "spread", "field": "instanceId"}
    assert choose([free, full], definition(), "g", Placement(strategy=[binpack])) is full.instance
    assert choose([free, full], definition(600), "g", Placement(strategy=[binpack])) is free.instance
    third = candidate(instance("third"))
    assert choose([full, free, third], definition(), "g", Placement(strategy=[spread])) is third.instance


def test_without_a_strategy_tasks_are_spread_over_zones_first() -> None:
    a1, a2 = candidate(instance("a1"), definition()), candidate(instance("a2"))
    b = candidate(instance("b", zone="b"))
    assert choose([a1, a2, b], definition(), "g", Placement()) is b.instance


def test_constraints() -> None:
    used, other = candidate(instance("used"), definition()), candidate(instance("other", zone="b"))
    distinct = {"type": "distinctInstance"}
    member = {"type": "memberOf", "expression": "attribute:ecs.availability-zone == a"}
    assert choose([used, other], definition(), "g", Placement([distinct])) is other.instance
    assert choose([used, other], definition(), "another", Placement([member])) is used.instance
    assert choose([used, other], definition(placementConstraints=[member]), "g", Placement()) is used.instance
    with pytest.raises(NotPlaced, match="no container instance") as raised:
        choose([used, other], definition(), "g", Placement([distinct, member]))
    assert {reason.partition(" ")[0] for _, reason in raised.value.failures} == {"DistinctInstance", "MemberOf"}


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (definition(950), "has insufficient memory available"),
        (definition(port=8080), "is already using a port required by your task"),
        (definition(port=22), "is already using a port required by your task"),
        (definition(cpu="2048"), "has insufficient CPU units available"),
    ],
)
def test_why_there_is_no_place(wanted: dict[str, Any], sentence: str) -> None:
    one = candidate(instance("one"), definition(port=8080))
    with pytest.raises(NotPlaced) as raised:
        choose([one], wanted, "g", Placement())
    assert raised.value.sentence == f"The closest matching (container-instance {one.instance.id}) {sentence}."


def test_an_empty_cluster_has_no_place() -> None:
    with pytest.raises(NotPlaced) as raised:
        choose([], definition(), "g", Placement())
    assert raised.value.sentence == "Reason: No Container Instances were found in your cluster."
