"""The task sizes that Fargate offers (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

_GIB = 1024

_SIZES: dict[int, list[int]] = {
    256: [512, 1 * _GIB, 2 * _GIB],
    512: [n * _GIB for n in range(1, 5)],
    1024: [n * _GIB for n in range(2, 9)],
    2048: [n * _GIB for n in range(4, 17)],
    4096: [n * _GIB for n in range(8, 31)],
    8192: [n * _GIB for n in range(16, 61, 4)],
    16384: [n * _GIB for n in range(32, 121, 8)],
}
_STORAGE_GIB = range(21, 201)


def is_offered(cpu: str | None, memory: str | None) -> bool:
    """Returns whether Fargate offers this size. `cpu` is in CPU units or "1 vCPU", `memory` in MiB or "2 GB"."""
    try:
        return mib(memory or "") in _SIZES.get(units(cpu or ""), [])
    except ValueError:
        return False


def is_offered_storage(gib: int) -> bool:
    """Returns whether a task can ask for ephemeral storage of this size. Without asking it has 20 GiB."""
    return gib in _STORAGE_GIB


def units(text: str) -> int:
    """Returns the CPU units that a text means: "512", ".5 vCPU" or "0.5vCPU". Raises ValueError."""
    compact = text.lower().replace(" ", "")
    return int(float(compact.removesuffix("vcpu")) * 1024) if compact.endswith("vcpu") else int(compact)


def mib(text: str) -> int:
    """Returns the MiB that a text means: "1024", "1 GB" or "1gb". Raises ValueError."""
    compact = text.lower().replace(" ", "")
    return int(float(compact.removesuffix("gb")) * 1024) if compact.endswith("gb") else int(compact)
