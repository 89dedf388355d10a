"""What must be true of this machine before anything is built: each check names the cause and the remedy."""

import errno
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ops import processes, settings
from ops.lifecycle import docker_engine, hosts
from ops.problems import Problem

GIB = 1 << 30
DISK_FIRST_BUILD = 6 * GIB  # images of about 3 GiB, and their build layers
DISK_WARM = 1 * GIB
MEMORY = 3 * GIB  # the running system needs under 2.5


@dataclass(frozen=True)
class Check:
    """A named condition: `run` returns what was found, or raises Problem."""

    name: str
    run: Callable[[], str]


def before_install() -> list[Check]:
    """Checks that need nothing installed: they stop `make up` at once."""
    return [
        Check("Python", python),
        Check("Node.js", node),
        Check("disk space", disk),
        Check("port 4566 and 4510-4559", ports),
    ]


def all_checks() -> list[Check]:
    """What `make doctor` looks at."""
    return [
        *before_install(),
        Check("memory", memory),
        Check("Docker engine", docker),
        Check("Compose", compose),
        Check("host names", host_names),
        Check("package indexes", package_indexes),
    ]


def python() -> str:
    """ops/bootstrap.sh refuses an unfit one before anything in here runs."""
    return f"{'.'.join(map(str, sys.version_info[:3]))} in .venv"


def node() -> str:
    found = processes.output([str(settings.VENV_BIN / "node"), "--version"])
    npm = processes.output([str(settings.VENV_BIN / "npm"), "--version"])
    if found is None or npm is None:
        raise Problem(
            "the Node.js in .venv does not run on this machine",
            "rm -rf .venv; make up. On a system without wheels for it (musl, 32 bit) use Debian 12 or newer",
        )
    return f"{found.strip()}, npm {npm.strip()} in .venv"


def disk() -> str:
    """Where Docker keeps its images; before Docker is there, where it will."""
    place = _docker_root()
    free = shutil.disk_usage(place).free
    built = processes.output(["docker", "image", "inspect", "pms/localstack:latest"]) is not None
    needed = DISK_WARM if built else DISK_FIRST_BUILD
    if free < needed:
        raise Problem(
            f"{free / GIB:.1f} GiB free on {place}, but {needed // GIB} GiB are needed",
            "free some space (docker system df shows what Docker holds), then run make up again",
        )
    return f"{free / GIB:.0f} GiB free on {place}"


def memory() -> str:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return "unknown on this system"
    if pages < MEMORY:
        raise Problem(
            f"{pages / GIB:.1f} GiB of memory, the running system wants {MEMORY // GIB}", "use a larger machine"
        )
    return f"{pages / GIB:.0f} GiB"


def ports() -> str:
    """Free, or ours already."""
    if processes.output(["docker", "container", "inspect", settings.CONTAINER]) is not None:
        return f"held by our own container {settings.CONTAINER}"
    taken = [port for port in (settings.EDGE_PORT, *settings.ENGINE_PORTS) if not _is_free(port)]
    if taken:
        listed = ", ".join(map(str, taken[:5])) + ("..." if len(taken) > 5 else "")
        raise Problem(
            f"port {listed} on 127.0.0.1 is taken by {_holder(taken[0])}",
            f"stop that program (ss -ltnp 'sport = :{taken[0]}' names it; another LocalStack?), then run make up again",
        )
    return "free"


def docker() -> str:
    if not docker_engine.answers():
        raise Problem(
            "no Docker engine answers",
            "run make up as root on Debian (it installs and starts one), or start Docker Desktop",
        )
    return (processes.output(["docker", "version", "--format", "{{.Server.Version}}"]) or "").strip()


def compose() -> str:
    command = docker_engine.compose_command()
    if command is None:
        raise Problem(
            "Compose is missing", "apt-get install docker-compose (make up does it as root), or Docker Desktop"
        )
    return " ".join(command)


def host_names() -> str:
    missing = hosts.missing()
    if missing:
        raise Problem(f"{', '.join(missing)} does not resolve to this machine", f"add to /etc/hosts: {hosts.LINE}")
    return "resolve to this machine"


def package_indexes() -> str:
    """uv itself is asked, with whatever mirror and certificates it is configured for."""
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
    told = processes.output(["docker", "info", "--format", "{{.DockerRootDir}}"], timeout=10)
    for place in (Path(told.strip()) if told else None, Path("/var/lib/docker"), Path("/var/lib"), settings.ROOT):
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
