"""What the local EFS service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_READ = "the record that ECS reads when a task mounts the file system"
_TAGS = "tags are records on AWS too"
_POLICY = "a policy is kept; tasks are not asked for credentials"
_STORAGE = "all files are on this machine's disk"

_MOTO = {
    "CreateFileSystem": "the record; its Docker volume is made when the first task mounts it",
    "CreateMountTarget": _READ,
    "DeleteAccessPoint": _READ,
    "DeleteMountTarget": _READ,
    "DescribeAccessPoints": _READ,
    "DescribeBackupPolicy": "the record of a setting; no backups are made",
    "DescribeFileSystemPolicy": _POLICY,
    "DescribeFileSystems": _READ,
    "DescribeLifecycleConfiguration": _STORAGE,
    "DescribeMountTargetSecurityGroups": "security groups are records here",
    "DescribeMountTargets": _READ,
    "ListTagsForResource": _TAGS,
    "ModifyMountTargetSecurityGroups": "security groups are records here",
    "PutFileSystemPolicy": _POLICY,
    "PutLifecycleConfiguration": _STORAGE,
    "TagResource": _TAGS,
    "UntagResource": _TAGS,
}
"""Operations that moto answers, and why its record is all there is to them."""

_REFUSED = {
    "CreateReplicationConfiguration": "files are not copied to other regions",
    "PutBackupPolicy": "no backups are made",
    "UpdateFileSystem": "throughput is this machine's",
}
"""Operations whose error gives a reason."""

_MEMBERS = {
    "CreateAccessPointRequest": Members("FileSystemId", recorded="ClientToken Tags PosixUser RootDirectory"),
    "CreationInfo": Members("OwnerUid OwnerGid Permissions"),
    "DeleteFileSystemRequest": Members("FileSystemId"),
    "PosixUser": Members(recorded="Uid Gid SecondaryGids"),
    "RootDirectory": Members("Path CreationInfo"),
    "Tag": Members(recorded="Key Value"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("BadRequest", _MEMBERS, moto=_MOTO, refused=_REFUSED)
