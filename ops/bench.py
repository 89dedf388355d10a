"""`make bench`: the figures of this system, measured on this machine."""

import subprocess
import sys

from rich.console import Console

from ops import settings


def measure(console: Console) -> None:
    """Run the benchmarks under tests/bench; each prints its figures."""
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-m", "bench", "tests/bench"]
    subprocess.run(command, cwd=settings.ROOT, env=settings.child_environment(), check=True)
