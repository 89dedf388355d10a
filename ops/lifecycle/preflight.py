"""Checks of this machine before anything is built. Each one names the cause and the remedy."""

import errno
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops import processes, settings
from ops.lifecycle import docker_engine, hosts, images
from ops.problems import Problem

GIB = 1 << 30
DISK_FIRST_BUILD = 6 * GIB  # images of about 3 GiB, and their build layers
DISK_WARM = 1 * GIB
MEMORY = 3 * GIB  # the running system needs less than 2.5 GiB


@dataclass(frozen=True)
class Check:
    """A check and its name. `run` returns what was found, or raises Problem."""

    name: str
    run: Callable[[], str]


def before_install() -> list[Check]:
    """Returns the checks that need nothing to be installed. A failed one stops `make up` at once."""
    return [
        Check("Python", python),
        Check("Node.js", node),
        Check("disk space", disk),
        Check("port 4566 and 4510-4559", ports),
    ]


def all_checks() -> list[Check]:
    """Returns the checks of `make doctor`."""
    return [
        *before_install(),
        Check("memory", memory),
        Check("Docker engine", docker),
        Check("Compose", compose),
        Check("host names", host_names),
        Check("package indexes", package_indexes),
    ]


def python() -> str:
    """Returns the version. `ops/bootstrap.sh` has refused a Python that is too old."""
    return f"{'.'.join(map(str, sys.version_info[:3]))} in .venv"


def node() -> str:
    """Runs the Node.js and npm that belong to the project."""
    found = processes.output([str(settings.VENV_BIN / "node"), "--version"])
    npm = processes.output([str(settings.VENV_BIN / "npm"), "--version"])
    if found is None or npm is None:
        raise Problem(
            "the Node.js in .venv does not run on this machine",
            "rm -rf .venv; make up. On a system without wheels for it (musl, 32 bit) use Debian 12 or newer",
        )
    return f"{found.strip()}, npm {npm.strip()} in .venv"


def disk() -> str:
    """Looks for free space where Docker keeps its images, or will keep them."""
    place = _docker_root()
    free = shutil.disk_usage(place).free
    needed = DISK_WARM if images.exists(settings.LOCALSTACK_IMAGE) else DISK_FIRST_BUILD
    if free < needed:
        raise Problem(
            f"{free / GIB:.1f} GiB free on {place}, but {needed // GIB} GiB are needed",
            "free some space (docker system df shows what Docker holds), then run make up again",
        )
    return f"{free / GIB:.0f} GiB free on {place}"


def memory() -> str:
    """Compares the machine's memory with what the running system needs."""
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return "unknown on this system"
    if pages < MEMORY:
        raise Problem(
            f"{pages / GIB:.1f} GiB of memory, the running system needs {MEMORY // GIB}", "use a larger machine"
        )
    return f"{pages / GIB:.0f} GiB"


def ports() -> str:
    """Looks for another program on LocalStack's ports; our own container may be there."""
    if processes.output(["docker", "container", "inspect", settings.CONTAINER]) is not None:
        return f"used by our own container {settings.CONTAINER}"
    taken = [port for port in (settings.EDGE_PORT, *settings.ENGINE_PORTS) if not _is_free(port)]
    if taken:
        listed = ", ".join(map(str, taken[:5])) + ("..." if len(taken) > 5 else "")
        raise Problem(
            f"port {listed} on 127.0.0.1 is taken by {_holder(taken[0])}",
            f"stop that program (ss -ltnp 'sport = :{taken[0]}' names it; another LocalStack?), then run make up again",
        )
    return "free"


def docker() -> str:
    """Asks the Docker engine for its version."""
    version = docker_engine.version()
    if version is None:
        raise Problem(
            "no Docker engine answers",
            "run make up as root on Debian (it installs and starts one), or start Docker Desktop",
        )
    return version


def compose() -> str:
    """Looks for Docker Compose."""
    command = docker_engine.compose_command()
    if command is None:
        raise Problem(
            "Compose is missing",
            "run apt-get install docker-compose (make up does it as root), or install Docker Desktop",
        )
    return " ".join(command)


def host_names() -> str:
    """Resolves the names of the databases, the broker and the API."""
    missing = hosts.missing()
    if missing:
        raise Problem(
            f"{', '.join(missing)} does not resolve to this machine", f"add this line to /etc/hosts: {hosts.LINE}"
        )
    return "resolve to this machine"


def package_indexes() -> str:
    """Asks uv to resolve a package, with the mirror and the certificates that it is configured for."""
    env = settings.child_environment()
    command = [
        str(settings.VENV_BIN / "uv"),
        "pip",
        "install",
        "--quiet",
        "--dry-run",
        "--reinstall",
        "--no-deps",
        "--no-cache",
        "six",
    ]
    result = processes.stream(command, env=env | {"VIRTUAL_ENV": str(settings.VENV_BIN.parent)})
    if result.status:
        raise Problem(
            "no Python package index answers",
            "check network, proxy, UV_INDEX_URL and SSL_CERT_FILE",
            details=result.tail,
        )
    return "PyPI (or your mirror) answers"


def _docker_root() -> Path:
    root = processes.output(["docker", "info", "--format", "{{.DockerRootDir}}"], timeout=10)
    for place in (Path(root.strip()) if root else None, Path("/var/lib/docker"), Path("/var/lib"), settings.ROOT):
        if place and place.is_dir():
            return place
    return settings.ROOT


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True


def _holder(port: int) -> str:
    listed = processes.output(["ss", "-ltnpH", f"sport = :{port}"]) or ""
    _, _, users = listed.partition("users:((")
    return users.split(",")[0].strip('"') or "another program"
