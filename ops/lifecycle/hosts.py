"""Host names of the databases, the broker and the API.

Public DNS resolves them to 127.0.0.1. Where it is not available, a line in `/etc/hosts` does the same.
"""

import os
import socket
from pathlib import Path

from ops import settings

HOSTS = Path("/etc/hosts")
NAMES = (settings.ENGINE_HOST, *settings.API_HOSTS)
LINE = f"127.0.0.1 {' '.join(NAMES)}"


def resolves(name: str) -> bool:
    """Returns whether the system's resolver finds this machine under the name."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(name, settings.EDGE_PORT, family=socket.AF_INET)}
    except OSError:
        return False
    return bool(found) and all(address.startswith("127.") for address in found)


def missing() -> list[str]:
    """Returns the names that do not resolve to this machine."""
    return [name for name in NAMES if not resolves(name)]


def add() -> bool:
    """Appends the line if a name is missing and the file is writable. Returns whether all names resolve afterwards."""
    if not missing():
        return True
    if not os.access(HOSTS, os.W_OK):
        return False
    # The file is written in place: in a container it is a bind mount, which cannot be replaced by a rename.
    text = HOSTS.read_text()
    if LINE not in text:
        with HOSTS.open("a") as hosts:
            hosts.write(("" if text.endswith("\n") else "\n") + LINE + "\n")
    return not missing()


def remove() -> None:
    """Removes the line that `add` appended. The file is written in place, as there."""
    if not os.access(HOSTS, os.W_OK):
        return
    text = HOSTS.read_text()
    if LINE in text:
        HOSTS.write_text("".join(line for line in text.splitlines(keepends=True) if line.strip() != LINE))
