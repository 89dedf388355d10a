"""The LocalStack container: started and removed through Compose, watched until it is ready."""

import contextlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from ops import processes, settings
from ops.lifecycle import docker_engine
from ops.problems import Problem

Say = Callable[[str], None]
FILE = settings.ROOT / "localstack.yml"
PROJECT = "pms"
VENDOR_IMAGE = "localstack/localstack-pro:2026.03"
READY_SECONDS = 90
POLL_SECONDS = 0.1


def uses_vendor_image() -> bool:
    return bool(os.environ.get("LOCALSTACK_AUTH_TOKEN"))


def start(say: Say) -> None:
    """Create or keep the container. Compose recreates it by itself when its image or settings changed."""
    if container_state() is not None and _compose_project() != PROJECT:
        raise Problem(
            f"there is a container {settings.CONTAINER} that this project did not make",
            f"docker rm --force {settings.CONTAINER} (make down does it too, with all that is in it), then make up",
        )
    say("compose up")
    _compose(["up", "--detach", "--remove-orphans"], settings.LOGS / "localstack-up.log")


def wait_until_ready(say: Say) -> None:
    """Until the health endpoint answers; if the container ends before, its last log lines are the cause."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if health() is not None:
            return
        state = container_state()
        if state in ("exited", "dead", None):
            raise Problem(
                f"the LocalStack container ended at start ({state or 'it is gone'})",
                "its last log lines are above; `make down up` starts afresh",
                details=last_log_lines(),
            )
        say(f"container {state}, waiting for {settings.EDGE_URL}/_localstack/health")
        time.sleep(POLL_SECONDS)
    raise Problem(
        f"LocalStack did not answer within {READY_SECONDS} s", "docker logs localstack-main", details=last_log_lines()
    )


def health() -> dict[str, object] | None:
    with contextlib.suppress(httpx.HTTPError, ValueError):
        answer = httpx.get(f"{settings.EDGE_URL}/_localstack/health", timeout=2)
        if answer.status_code == 200:
            return dict(answer.json())
    return None


def container_state() -> str | None:
    """running, exited, ...; None when there is no such container."""
    state = processes.output(["docker", "container", "inspect", "--format", "{{.State.Status}}", settings.CONTAINER])
    return state.strip() if state else None


def _compose_project() -> str:
    wanted = '{{index .Config.Labels "com.docker.compose.project"}}'
    return (processes.output(["docker", "container", "inspect", "--format", wanted, settings.CONTAINER]) or "").strip()


def started_at() -> str:
    """Identifies one life of the container: what was deployed into an earlier one is gone."""
    wanted = "{{.Id}} {{.State.StartedAt}}"
    return (processes.output(["docker", "container", "inspect", "--format", wanted, settings.CONTAINER]) or "").strip()


def last_log_lines(container: str = settings.CONTAINER, lines: int = 25) -> str:
    result = processes.stream(["docker", "logs", "--tail", str(lines), container])
    return result.tail


def remove(say: Say) -> None:
    """Everything that Compose and the plugin made: containers first, then networks and volumes."""
    say("compose down")
    if container_state() is not None:
        # Compose asks politely for 10 s; nothing in there is worth waiting for.
        processes.stream(["docker", "rm", "--force", "--volumes", settings.CONTAINER])
    _remove_labelled()
    _compose(["down", "--volumes", "--remove-orphans", "--timeout", "2"], settings.LOGS / "localstack-down.log")


def _remove_labelled() -> None:
    for _ in range(3):  # a container may have been starting while we looked
        containers = _listed(["docker", "ps", "--all", "--quiet"])
        if containers:
            processes.stream(["docker", "rm", "--force", "--volumes", *containers])
        for network in _listed(["docker", "network", "ls", "--quiet"]):
            processes.stream(["docker", "network", "rm", network])
        volumes = _listed(["docker", "volume", "ls", "--quiet"])
        if volumes:
            processes.stream(["docker", "volume", "rm", "--force", *volumes])
        if not _listed(["docker", "ps", "--all", "--quiet"]) and not _listed(["docker", "network", "ls", "--quiet"]):
            return


def _listed(command: list[str]) -> list[str]:
    return (processes.output([*command, "--filter", f"label={settings.OWNER_LABEL}"]) or "").split()


def _compose(arguments: list[str], log: Path) -> None:
    command = docker_engine.compose_command()
    if command is None:
        raise Problem("Compose is missing", "apt-get install docker-compose")
    env = settings.child_environment()
    if uses_vendor_image():
        env.setdefault("LOCALSTACK_IMAGE", VENDOR_IMAGE)  # Compose 1.29 cannot choose by itself
    try:
        processes.check([*command, "--project-name", PROJECT, "--file", str(FILE), *arguments], log=log, env=env)
    except processes.ChildFailed as failure:
        raise Problem(f"Compose failed: {' '.join(arguments)}", f"read {log}", details=failure.result.tail) from failure


def info() -> dict[str, object]:
    with contextlib.suppress(httpx.HTTPError, ValueError, json.JSONDecodeError):
        return dict(httpx.get(f"{settings.EDGE_URL}/_localstack/info", timeout=2).json())
    return {}
