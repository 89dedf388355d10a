"""EFS: file systems that ECS tasks mount and share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import Json, Lab, containers
from lab.errors import refused
from lab.stacks import Stack

MOUNT = [{"sourceVolume": "files", "containerPath": "/files"}]


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def efs(aws: Callable[..., Any]) -> Any:
    return aws("efs")


@pytest.fixture(scope="module")
def file_system(lab: Lab, efs: Any) -> Iterator[str]:
    """A file system with a mount target in the lab's subnet."""
    name = str(efs.create_file_system(CreationToken=lab.name)["FileSystemId"])
    target = efs.create_mount_target(FileSystemId=name, SubnetId=lab.subnet)["MountTargetId"]
    yield name
    refused(efs.delete_file_system, "FileSystemInUse", "mount targets", FileSystemId=name)
    efs.delete_mount_target(MountTargetId=target)
    efs.delete_file_system(FileSystemId=name)


def run(lab: Lab, command: str, configuration: Json) -> Json:
    """Runs a command with a volume of EFS at /files, and returns the stopped task."""
    volume = {"name": "files", "efsVolumeConfiguration": configuration}
    definition = lab.register(lab.container(command, mountPoints=MOUNT), volumes=[volume])
    return lab.stopped(lab.run(definition))


def code(task: Json) -> int | None:
    found = containers(task)["app"].get("exitCode")
    return None if found is None else int(found)


def test_tasks_share_the_files(lab: Lab, file_system: str) -> None:
    whole = {"fileSystemId": file_system}
    assert code(run(lab, "mkdir /files/sub && echo hello > /files/sub/word", whole)) == 0
    assert code(run(lab, 'test "$(cat /files/sub/word)" = hello', whole)) == 0
    within = {**whole, "rootDirectory": "/sub", "transitEncryption": "ENABLED"}
    assert code(run(lab, 'test "$(cat /files/word)" = hello', within)) == 0


def test_an_access_point_has_a_directory_with_an_owner(lab: Lab, efs: Any, file_system: str) -> None:
    info = {"OwnerUid": 1234, "OwnerGid": 5678, "Permissions": "750"}
    made = efs.create_access_point(
        ClientToken=lab.name, FileSystemId=file_system, RootDirectory={"Path": "/app/data", "CreationInfo": info}
    )
    authorization = {"accessPointId": made["AccessPointId"], "iam": "ENABLED"}
    configuration = {"fileSystemId": file_system, "transitEncryption": "ENABLED", "authorizationConfig": authorization}
    assert code(run(lab, 'test "$(stat -c %u:%g:%a /files)" = 1234:5678:750 && touch /files/mark', configuration)) == 0
    assert code(run(lab, "test -f /files/app/data/mark", {"fileSystemId": file_system})) == 0
    efs.delete_access_point(AccessPointId=made["AccessPointId"])
    assert "does not exist" in run(lab, "true", configuration)["stoppedReason"]


def test_what_cannot_be_mounted_stops_the_task_with_the_reason(lab: Lab, efs: Any, file_system: str) -> None:
    absent = run(lab, "true", {"fileSystemId": file_system, "rootDirectory": "/absent"})
    assert (absent["stopCode"], code(absent)) == ("TaskFailedToStart", None)
    assert "/absent does not exist" in absent["stoppedReason"]
    alone = efs.create_file_system(CreationToken=f"{lab.name}-alone")["FileSystemId"]
    assert "has no mount target" in run(lab, "true", {"fileSystemId": alone})["stoppedReason"]
    efs.delete_file_system(FileSystemId=alone)
    assert "does not exist" in run(lab, "true", {"fileSystemId": alone})["stoppedReason"]
    refused(efs.create_access_point, "FileSystemNotFound", "does not exist", ClientToken="t", FileSystemId=alone)


def test_a_file_system_of_a_stack(lab: Lab, efs: Any, stack: Stack) -> None:
    files = {"Ref": "Files"}
    resources = {
        "Files": {
            "Type": "AWS::EFS::FileSystem",
            "Properties": {
                "Encrypted": True,
                "FileSystemTags": [{"Key": "Name", "Value": lab.name}],
                "LifecyclePolicies": [{"TransitionToIA": "AFTER_14_DAYS"}],
            },
        },
        "Target": {
            "Type": "AWS::EFS::MountTarget",
            "Properties": {"FileSystemId": files, "SubnetId": lab.subnet, "SecurityGroups": [lab.group]},
        },
        "Point": {
            "Type": "AWS::EFS::AccessPoint",
            "Properties": {"FileSystemId": files, "PosixUser": {"Uid": "1", "Gid": "1"}},
        },
    }
    stack.deploy(resources)
    name = stack.physical_id("Files")
    [found] = efs.describe_file_systems(FileSystemId=name)["FileSystems"]
    assert (found["Name"], found["NumberOfMountTargets"]) == (lab.name, 1)
    [point] = efs.describe_access_points(FileSystemId=name)["AccessPoints"]
    assert point["AccessPointId"] == stack.physical_id("Point")
    assert code(run(lab, "touch /files/mark", {"fileSystemId": name})) == 0
    stack.delete()
    refused(efs.describe_file_systems, "FileSystemNotFound", FileSystemId=name)
