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


def is_offered(cpu: str | None, memory: str | None) -> bool:
    """Returns whether Fargate offers this size. `cpu` is in CPU units or "1 vCPU", `memory` in MiB or "2 GB"."""
    try:
        return _mib(memory or "") in _SIZES.get(_units(cpu or ""), [])
    except ValueError:
        return False


def _units(text: str) -> int:
    number, _, unit = text.lower().replace(" ", "").partition("vcpu")
    return int(float(number) * 1024) if text.lower().endswith("vcpu") else int(number + unit)


def _mib(text: str) -> int:
    compact = text.lower().replace(" ", "")
    return int(float(compact.removesuffix("gb")) * 1024) if compact.endswith("gb") else int(compact)
