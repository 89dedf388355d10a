"""What the valid requests of EFS need."""

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client

_POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]}'


def world(implemented: set[str]) -> World:
    vpc = resources.vpc("10.204.0.0/16")
    subnet, other = resources.two_subnets(vpc, "10.204")
    group = client("ec2").create_security_group(GroupName=unique(), Description="efs", VpcId=vpc)["GroupId"]

    def of_system(world: World) -> Json:
        return {"FileSystemId": world.known["FileSystemId"]}

    def resource(world: World) -> Json:
        return {"ResourceId": world.known["FileSystemId"]}

    def close(world: World) -> None:
        resources.quietly(client("ec2").delete_security_group, GroupId=group)
        for one in (subnet, other):
            resources.quietly(client("ec2").delete_subnet, SubnetId=one)
        resources.remove_vpc(vpc)

    return World(
        implemented,
        calls={
            "CreateFileSystem": {"CreationToken": unique(), "Backup": True},
            "CreateMountTarget": lambda world: {**of_system(world), "SubnetId": subnet, "SecurityGroups": [group]},
            "CreateAccessPoint": lambda world: {**of_system(world), "ClientToken": unique()},
            "DescribeFileSystems": {},
            "DescribeAccessPoints": of_system,
            "DescribeMountTargets": of_system,
            "ModifyMountTargetSecurityGroups": lambda world: {
                "MountTargetId": world.known["MountTargetId"],
                "SecurityGroups": [group],
            },
            "PutFileSystemPolicy": lambda world: {**of_system(world), "Policy": _POLICY},
            "PutLifecycleConfiguration": lambda world: {**of_system(world), "LifecyclePolicies": []},
            "TagResource": lambda world: {**resource(world), "Tags": [{"Key": "a", "Value": "b"}]},
            "ListTagsForResource": resource,
            "UntagResource": lambda world: {**resource(world), "TagKeys": ["a"]},
        },
        kept={
            "CreateFileSystem": {"FileSystemId": "FileSystemId"},
            "CreateMountTarget": {"MountTargetId": "MountTargetId"},
            "CreateAccessPoint": {"AccessPointId": "AccessPointId"},
        },
        fresh={"CreateFileSystem": "CreationToken"},
        last=("DeleteAccessPoint", "DeleteMountTarget", "DeleteFileSystem"),
        costly=frozenset({"CreateMountTarget"}),
        close=close,
    )
