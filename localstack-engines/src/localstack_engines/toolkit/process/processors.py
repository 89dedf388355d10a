"""How much of the machine's processors a process and its children use."""

import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Share:
    """Shares of all processors in percent, by programs themselves and by the kernel for them."""

    user: float
    system: float

    @property
    def total(self) -> float:
        return self.user + self.system


class ProcessorMeter:
    """Measures processes by their ids. The first measurement of a process only begins it."""

    def __init__(self) -> None:
        self._last: dict[int, tuple[float, float, float]] = {}

    def share(self, pid: int | None) -> Share | None:
        """Returns what the process has used since the last call.

        Returns None at the first call for a process, and for one that does not run.
        """
        used = _seconds(pid) if pid is not None else None
        if pid is None or used is None:
            return None
        now = time.monotonic()
        before = self._last.get(pid)
        self._last[pid] = now, *used
        if before is None or now <= before[0]:
            return None
        whole = (now - before[0]) * (psutil.cpu_count() or 1) / 100
        user, system = (max(0.0, seconds - former) / whole for seconds, former in zip(used, before[1:], strict=True))
        return Share(user, system)


def _seconds(pid: int) -> tuple[float, float] | None:
    """Returns the user and system time of a process, its children, and those of its children that have ended."""
    try:
        process = psutil.Process(pid)
        own, children = process.cpu_times(), process.children(recursive=True)
    except psutil.Error:
        return None
    user, system = own.user + own.children_user, own.system + own.children_system
    for child in children:
        try:
            times = child.cpu_times()
        except psutil.Error:
            # It has just ended.
            continue
        user, system = user + times.user, system + times.system
    return float(user), float(system)
