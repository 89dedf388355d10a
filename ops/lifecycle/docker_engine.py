"""The Docker engine: found, installed, started. On a laptop Docker Desktop does all of this by itself."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ops import processes, settings
from ops.problems import Problem

Say = Callable[[str], None]
LOG = Path("/var/log/pms-dockerd.log")  # the engine is the machine's, so its log is not in a checkout
PACKAGES = ("docker.io", "docker-compose", "debootstrap")
MARK = Path("/run/pms-dockerd.pid")  # written when we started the engine ourselves
START_SECONDS = 60


def answers() -> bool:
    return processes.output(["docker", "version", "--format", "{{.Server.Version}}"], timeout=20) is not None


def compose_command() -> list[str] | None:
    """Compose v2, or Debian's 1.29."""
    if processes.output(["docker", "compose", "version"]) is not None:
        return ["docker", "compose"]
    if processes.output(["docker-compose", "version"]) is not None:
        return ["docker-compose"]
    return None


def ensure(say: Say) -> None:
    """Make the engine answer, installing and starting what is missing where we may. Raises Problem otherwise."""
    missing = missing_packages()
    if missing:
        install(missing, say)
    if not answers():
        start(say)


def missing_packages() -> list[str]:
    wanted = []
    if shutil.which("docker") is None or (not answers() and _can_start() and shutil.which("dockerd") is None):
        wanted.append("docker.io")
    if compose_command() is None:
        wanted.append("docker-compose")
    if shutil.which("debootstrap") is None and not _base_image_is_there() and settings.has_apt():
        wanted.append("debootstrap")
    return wanted


def install(packages: list[str], say: Say) -> None:
    reasons = {
        "docker.io": "the Docker engine that runs LocalStack, the services and the databases",
        "docker-compose": "Compose, which reads localstack.yml",
        "debootstrap": "makes the base image where no container registry answers",
    }
    if packages == ["debootstrap"] and not settings.is_root():
        return  # only needed where no registry answers; images/build says so if it comes to that
    if not (settings.is_root() and settings.has_apt()):
        raise Problem(
            f"missing: {', '.join(packages)} ({reasons[packages[0]]}), and not installable from here",
            "install Docker (on Debian, as root: apt-get install docker.io docker-compose; "
            "on a laptop: Docker Desktop) and run make up again",
        )
    for package in packages:
        say(f"Installing {package} with apt: {reasons[package]}")
    env = settings.child_environment() | {"DEBIAN_FRONTEND": "noninteractive"}
    if processes.stream(_apt_install(packages), env=env).status == 0:
        return
    processes.stream(["apt-get", "update", "-qq"], env=env)
    result = processes.stream(_apt_install(packages), env=env)
    if result.status:
        raise Problem(
            f"apt could not install {', '.join(packages)}",
            "check that this machine reaches a Debian mirror (apt-get update), then run make up again",
            details=result.tail,
        )


def start(say: Say) -> None:
    """Start dockerd detached, without systemd; never a second one."""
    _raise_unless_startable()
    child: subprocess.Popen[bytes] | None = None
    if engine_pid() is None:
        say(f"Starting the Docker engine (log: {LOG})")
        if Path("/run/systemd/system").is_dir():
            processes.stream(["systemctl", "start", "docker"])
        else:
            child = _start_detached()
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and (child is None or child.poll() is None):
        if answers():
            return
        time.sleep(0.2)
    ended = child is not None and child.poll() is not None
    raise Problem(
        "the Docker engine ended at start" if ended else f"the Docker engine did not answer within {START_SECONDS} s",
        f"read {LOG}; mend it, or start the engine yourself, and run make up again",
        details=_tail(LOG),
    )


def _start_detached() -> subprocess.Popen[bytes]:
    with LOG.open("ab") as log:
        engine = subprocess.Popen(
            ["dockerd"],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # outlives this command, the terminal and the CI step
            env=_engine_environment(),
        )
    MARK.write_text(str(engine.pid))
    return engine


def started_by_us() -> int | None:
    """The process id of the engine that `make up` started, while it runs."""
    pid = engine_pid()
    with contextlib.suppress(OSError, ValueError):
        if pid is not None and int(MARK.read_text()) == pid:
            return pid
    return None


def engine_pid() -> int | None:
    """The running dockerd's process id; a stale pid file, or one of another process, counts as none."""
    for place in ("/var/run/docker.pid", "/run/docker.pid"):
        try:
            pid = int(Path(place).read_text())
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError):
            continue
        if name == "dockerd":
            return pid
        Path(place).unlink(missing_ok=True)  # dockerd refuses to start when some process has the old number
    return None


def _raise_unless_startable() -> None:
    if os.environ.get("DOCKER_HOST", "").startswith(("tcp:", "ssh:")):
        raise Problem(
            f"the Docker engine at DOCKER_HOST={os.environ['DOCKER_HOST']} does not answer",
            "start it, or unset DOCKER_HOST",
        )
    if not _can_start():
        raise Problem(
            "the Docker engine is not running (or you may not use it)",
            "start Docker Desktop or `sudo systemctl start docker`, and be in the group docker; then make up",
        )


def _can_start() -> bool:
    return settings.is_root() and sys.platform == "linux"


def _base_image_is_there() -> bool:
    return processes.output(["docker", "image", "inspect", "debian:trixie-slim"]) is not None


def _apt_install(packages: list[str]) -> list[str]:
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if "docker.io" in packages:
        # Only recommended by docker.io, but there are no networks without the first and no pulls without the second.
        command += ["iptables", "ca-certificates"]
        if processes.output(["apt-cache", "show", "docker-cli"]):
            command.append("docker-cli")  # a package of its own from Debian 13 on
    return command


def _engine_environment() -> dict[str, str]:
    keep = ("PATH", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
    env = {name: value for name, value in os.environ.items() if name in keep}
    env["PATH"] = env.get("PATH", "") + ":/usr/local/sbin:/usr/sbin:/sbin"
    return env


def _tail(path: Path, lines: int = 15) -> str:
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
