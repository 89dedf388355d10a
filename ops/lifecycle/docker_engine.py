"""The Docker engine: finds, installs and starts it. On a laptop Docker Desktop does all of this."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops import processes, settings
from ops.lifecycle import images
from ops.lifecycle.steps import Say
from ops.problems import Problem
from ops.waiting import polls

LOG = Path("/var/log/pms-dockerd.log")  # not in a checkout, because the whole machine uses the engine
PACKAGES = ("docker.io", "docker-compose", "debootstrap")
MARK = Path("/run/pms-dockerd.pid")  # written when `make up` started the engine
START_SECONDS = 60


def version() -> str | None:
    """Returns the version of the engine, or None if none answers."""
    found = processes.output(["docker", "version", "--format", "{{.Server.Version}}"], timeout=20)
    return None if found is None else found.strip()


def answers() -> bool:
    """Returns whether a Docker engine answers."""
    return version() is not None


def compose_command() -> list[str] | None:
    """Returns how to call Compose (version 2, or Debian's 1.29), or None if it is missing."""
    if processes.output(["docker", "compose", "version"]) is not None:
        return ["docker", "compose"]
    if processes.output(["docker-compose", "version"]) is not None:
        return ["docker-compose"]
    return None


def ensure(say: Say) -> None:
    """Installs and starts the engine if needed. Raises Problem where that is not allowed or does not succeed."""
    missing = missing_packages()
    if missing:
        install(missing, say)
    if not answers():
        start(say)


def missing_packages() -> list[str]:
    """Returns the Debian packages that are needed and not installed."""
    wanted = []
    if shutil.which("docker") is None or (not answers() and _can_start() and shutil.which("dockerd") is None):
        wanted.append("docker.io")
    if compose_command() is None:
        wanted.append("docker-compose")
    if shutil.which("debootstrap") is None and not images.exists(images.DEBIAN) and settings.has_apt():
        wanted.append("debootstrap")
    return wanted


def install(packages: list[str], say: Say) -> None:
    """Installs packages with apt. Raises Problem where that is not allowed or does not succeed."""
    reasons = {
        "docker.io": "the Docker engine that runs LocalStack, the services and the databases",
        "docker-compose": "Compose, which reads localstack.yml",
        "debootstrap": "makes the base image where no container registry answers",
    }
    if packages == ["debootstrap"] and not settings.is_root():
        return  # needed only where no container registry answers; images/build reports that case
    if not (settings.is_root() and settings.has_apt()):
        raise Problem(
            f"missing: {', '.join(packages)} ({reasons[packages[0]]}); not installable without root and apt",
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
    """Starts the engine: with systemd where it runs, else as a process of its own. Never starts a second one."""
    _raise_unless_startable()
    child: subprocess.Popen[bytes] | None = None
    if engine_pid() is None:
        say(f"Starting the Docker engine (log: {LOG})")
        if Path("/run/systemd/system").is_dir():
            processes.stream(["systemctl", "start", "docker"])
        else:
            child = _start_detached()
    for _ in polls(START_SECONDS, 0.2):
        if child is not None and child.poll() is not None:
            break
        if answers():
            return
    ended = child is not None and child.poll() is not None
    raise Problem(
        "the Docker engine ended at start" if ended else f"the Docker engine did not answer within {START_SECONDS} s",
        f"read {LOG}; correct the cause, or start the engine yourself, and run make up again",
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
            start_new_session=True,  # it has to outlive this command, the terminal and the CI step
            env=_engine_environment(),
        )
    MARK.write_text(str(engine.pid))
    return engine


def started_by_us() -> int | None:
    """Returns the process id of the engine if `make up` started it, else None."""
    pid = engine_pid()
    with contextlib.suppress(OSError, ValueError):
        if pid is not None and int(MARK.read_text()) == pid:
            return pid
    return None


def engine_pid() -> int | None:
    """Returns the process id of the running dockerd, or None. A stale pid file does not count."""
    for place in ("/var/run/docker.pid", "/run/docker.pid"):
        try:
            pid = int(Path(place).read_text())
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except (OSError, ValueError):
            continue
        if name == "dockerd":
            return pid
        Path(place).unlink(missing_ok=True)  # dockerd refuses to start if any process has the old number
    return None


def _raise_unless_startable() -> None:
    if os.environ.get("DOCKER_HOST", "").startswith(("tcp:", "ssh:")):
        raise Problem(
            f"the Docker engine at DOCKER_HOST={os.environ['DOCKER_HOST']} does not answer",
            "start it, or unset DOCKER_HOST",
        )
    if not _can_start():
        raise Problem(
            "the Docker engine is not running, or you have no permission to use it",
            "start Docker Desktop or `sudo systemctl start docker`, join the group docker, then make up",
        )


def _can_start() -> bool:
    return settings.is_root() and sys.platform == "linux"


def _apt_install(packages: list[str]) -> list[str]:
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    if "docker.io" in packages:
        # docker.io only recommends these two, but creating networks needs the first and pulling images the second.
        command += ["iptables", "ca-certificates"]
        if processes.output(["apt-cache", "show", "docker-cli"]):
            command.append("docker-cli")  # a separate package since Debian 13
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
