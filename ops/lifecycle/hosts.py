"""The engines' host name. It is public DNS for 127.0.0.1; where there is no public DNS, one line in /etc/hosts does."""

import os
import socket
from pathlib import Path

from ops import settings

HOSTS = Path("/etc/hosts")
NAMES = (settings.ENGINE_HOST, settings.API_HOST)
LINE = f"127.0.0.1 {' '.join(NAMES)}"


def resolves(name: str) -> bool:
    """Whether the name means this machine, for programs that use the system's resolver."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(name, settings.EDGE_PORT, family=socket.AF_INET)}
    except OSError:
        return False
    return bool(found) and all(address.startswith("127.") for address in found)


def missing() -> list[str]:
    return [name for name in NAMES if not resolves(name)]


def add() -> bool:
    """Append the line when a name is missing and we may. True when all names resolve afterwards."""
    if not missing():
        return True
    if not os.access(HOSTS, os.W_OK):
        return False
    # Written in place: in a container /etc/hosts is a bind mount, which cannot be replaced by a rename.
    text = HOSTS.read_text()
    if LINE not in text:
        with HOSTS.open("a") as hosts:
            hosts.write(("" if text.endswith("\n") else "\n") + LINE + "\n")
    return not missing()


def remove() -> None:
    """Take our line out again, in place."""
    if not os.access(HOSTS, os.W_OK):
        return
    text = HOSTS.read_text()
    if LINE in text:
        HOSTS.write_text("".join(line for line in text.splitlines(keepends=True) if line.strip() != LINE))
