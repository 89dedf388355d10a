"""The Docker volumes of tasks."""

from localstack_engines.network.interfaces import Place
from localstack_engines.network.networks import VpcNetwork
from localstack_engines.services.ecs.control.task_volumes import volumes_of
from localstack_engines.services.ecs.instance_models import ContainerInstance, Resources
from localstack_engines.services.ecs.models import Scope, Task

SCOPE = Scope("000000000000", "us-east-1", "c")
NETWORK = VpcNetwork(vpc_id="v", name="n", vpc_cidr="10.0.0.0/16", cidr="10.0.0.0/16", resolver="10.0.0.2")
INSTANCE = ContainerInstance(SCOPE, "i-1", Resources(1, 1), Place("10.0.0.9", NETWORK), "a", "s")
DEFINITION = {
    "family": "f",
    "containerDefinitions": [],
    "volumes": [
        {"name": "own"},
        {"name": "path", "host": {"sourcePath": "/mnt/a b"}},
        {"name": "shared", "dockerVolumeConfiguration": {"scope": "shared"}},
        {"name": "task", "dockerVolumeConfiguration": {"scope": "task"}},
    ],
}


def test_volumes_belong_to_the_task_or_to_its_instance() -> None:
    found, other = (volumes_of(Task(SCOPE, DEFINITION, "g", "EC2", container_instance=INSTANCE)) for _ in range(2))
    assert [volume.host for volume in found.values()] == [None, "i-1", "i-1", None]
    assert [found[name] == other[name] for name in found] == [False, True, True, False]
    assert len({volume.name for volume in found.values()}) == 4
    assert found["path"].name.endswith("i-1-path-mnt-a-b")
    on_fargate = volumes_of(Task(SCOPE, DEFINITION, "g", "FARGATE"))
    assert all(volume.host is None for volume in on_fargate.values())
