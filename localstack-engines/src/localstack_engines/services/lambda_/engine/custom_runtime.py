"""Custom runtimes: a function or a layer brings the program that serves the Runtime API.

Source: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-custom.html
"""

import platform
from pathlib import Path

RUNTIMES = ("provided", "provided.al2", "provided.al2023")

_ELF = b"\x7fELF"
_MACHINE_OFFSET = 18
# Source: the ELF specification's e_machine.
_MACHINES = {0x3E: "x86_64", 0xB7: "aarch64"}


class NotRunnable(Exception):
    """The program cannot run on this machine. The message says why."""


def bootstrap(code: Path, layers: Path) -> Path:
    """Returns the program. Raises NotRunnable."""
    found = next((file for place in (code, layers) if (file := place / "bootstrap").is_file()), None)
    if found is None:
        raise NotRunnable("Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]")
    with found.open("rb") as file:
        head = file.read(_MACHINE_OFFSET + 2)
    if head.startswith(_ELF):
        number = int.from_bytes(head[_MACHINE_OFFSET:], "little")
        machine = _MACHINES.get(number, f"the machine type {number}")
        if machine != platform.machine():
            raise NotRunnable(f"bootstrap is a program for {machine}, and this machine is {platform.machine()}")
    elif not head.startswith(b"#!"):
        raise NotRunnable("bootstrap is neither a program for Linux nor a script that names its interpreter")
    return found
