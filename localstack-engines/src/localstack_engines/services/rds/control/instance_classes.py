"""The DB instance classes that RDS offers for PostgreSQL and Aurora PostgreSQL, and the storage that they can have.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
and https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from localstack_engines.services.rds.control import versions

_SMALL = "micro small medium large xlarge 2xlarge"
_GRAVITON = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge"
_INTEL = "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge"
_FAMILIES = {
    "t3": _SMALL,
    "t4g": _SMALL,
    "m5": _INTEL,
    "m5d": _INTEL,
    "m6g": _GRAVITON,
    "m6gd": _GRAVITON,
    "m6i": f"{_INTEL} 32xlarge",
    "m6id": f"{_INTEL} 32xlarge",
    "m7g": _GRAVITON,
    "m7i": f"{_INTEL} 48xlarge",
    "m8g": f"{_INTEL} 48xlarge",
    "r5": _INTEL,
    "r5b": _INTEL,
    "r5d": _INTEL,
    "r6g": _GRAVITON,
    "r6gd": _GRAVITON,
    "r6i": f"{_INTEL} 32xlarge",
    "r6id": f"{_INTEL} 32xlarge",
    "r7g": _GRAVITON,
    "r7i": f"{_INTEL} 48xlarge",
    "r8g": f"{_INTEL} 48xlarge",
    "x2g": _GRAVITON,
    "x2idn": "16xlarge 24xlarge 32xlarge",
    "x2iedn": "xlarge 2xlarge 4xlarge 8xlarge 16xlarge 24xlarge 32xlarge",
}


@dataclass(frozen=True, kw_only=True)
class StorageType:
    """The limits of a storage type: sizes in GiB, IOPS, and throughput in MiB/s where the type lets one choose it."""

    minimum: int
    maximum: int = 65536
    iops: tuple[int, int] | None = None
    throughput: tuple[int, int] | None = None


STORAGE_TYPES: Mapping[str, StorageType] = {
    "gp2": StorageType(minimum=20),
    "gp3": StorageType(minimum=20, iops=(3000, 64000), throughput=(125, 4000)),
    "io1": StorageType(minimum=100, iops=(1000, 256000)),
    "io2": StorageType(minimum=100, iops=(1000, 256000)),
    "standard": StorageType(minimum=10, maximum=3072),
}
NEEDS_IOPS = frozenset(("io1", "io2"))
AURORA_STORAGE_TYPES = ("aurora", "aurora-iopt1")
SERVERLESS = "db.serverless"
_AURORA_FAMILIES = ("t3", "t4g", "r5", "r6g", "r6i", "r7g", "r7i", "r8g", "x2g")
_NOT_OF_AURORA = ("micro", "small", "xlarge", "2xlarge")
"""Sizes of the burstable families that Aurora does not have."""


@lru_cache(maxsize=2)
def classes(engine: str) -> tuple[str, ...]:
    """Returns all classes of an engine, such as `db.t4g.micro`."""
    found = [(family, size) for family, sizes in _FAMILIES.items() for size in sizes.split()]
    if engine == versions.ENGINE:
        return tuple(f"db.{family}.{size}" for family, size in found)
    of_aurora = [
        f"db.{family}.{size}"
        for family, size in found
        if family in _AURORA_FAMILIES and not (family.startswith("t") and size in _NOT_OF_AURORA)
    ]
    return (SERVERLESS, *of_aurora)


def storage_types(engine: str, name: str) -> list[str]:
    """Returns the storage types of a class. Magnetic storage is for older families only."""
    if engine == versions.AURORA:
        return list(AURORA_STORAGE_TYPES)
    older = name.split(".")[1] in ("t3", "m5", "r5")
    return [storage_type for storage_type in STORAGE_TYPES if older or storage_type != "standard"]
