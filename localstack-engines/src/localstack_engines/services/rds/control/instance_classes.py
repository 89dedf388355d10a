"""The DB instance classes that RDS offers for PostgreSQL 17, and the storage that they can have.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
and https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

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


@lru_cache(maxsize=1)
def classes() -> tuple[str, ...]:
    """Returns all classes, such as `db.t4g.micro`."""
    return tuple(f"db.{family}.{size}" for family, sizes in _FAMILIES.items() for size in sizes.split())


def storage_types(name: str) -> list[str]:
    """Returns the storage types of a class. Magnetic storage is for older families only."""
    older = name.split(".")[1] in ("t3", "m5", "r5")
    return [storage_type for storage_type in STORAGE_TYPES if older or storage_type != "standard"]
