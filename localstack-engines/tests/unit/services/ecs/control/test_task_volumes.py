"""The Docker volumes of tasks."""

from localstack_engines.services.ecs.control.task_volumes import volumes_of

VOLUMES = {
    "volumes": [
        {"name": "own"},
        {"name": "path", "host": {"sourcePath": "/mnt/a b"}},
        {"name": "shared", "dockerVolumeConfiguration": {"scope": "shared"}},
        {"name": "task", "dockerVolumeConfiguration": {"scope": "task"}},
    ]
}


def test_volumes_belong_to_the_task_or_to_its_instance() -> None:
    found = volumes_of(VOLUMES, "t1", "i-1")
    assert [volume.host for volume in found.values()] == [None, "i-1", "i-1", None]
    other = volumes_of(VOLUMES, "t2", "i-1")
    assert [found[name] == other[name] for name in found] == [False, True, True, False]
    assert len({volume.name for volume in found.values()}) == 4
    assert found["path"].name.endswith("i-1-path-mnt-a-b")
    assert all(volume.host is None for volume in volumes_of(VOLUMES, "t1", None).values())
