"""The LocalStack container: started and removed through Compose."""

import contextlib
import os

import httpx

from ops import processes, settings
from ops.lifecycle import docker_engine
from ops.lifecycle.steps import Say
from ops.problems import Problem
from ops.waiting import polls

FILE = settings.ROOT / "localstack.yml"
PROJECT = "pms"
VENDOR_IMAGE = "localstack/localstack-pro:2026.03"
READY_SECONDS = 90
POLL_SECONDS = 0.1


def uses_vendor_image() -> bool:
    """Returns whether the licensed LocalStack is used instead of this repository's image."""
    return bool(os.environ.get("LOCALSTACK_AUTH_TOKEN"))


def start(say: Say) -> None:
    """Creates or keeps the container. Compose replaces it when its image or its settings have changed."""
    if container_state() is not None and _compose_project() != PROJECT:
        raise Problem(
            f"there is a container {settings.CONTAINER} that this project did not create",
            f"docker rm --force {settings.CONTAINER} (or make down, which removes it too), then make up",
        )
    say("compose up")
    compose("up", "--detach", "--remove-orphans")


def wait_until_ready(say: Say) -> None:
    """Waits until the health endpoint answers. Raises Problem, with the last log lines, if the container ends."""
    for _ in polls(READY_SECONDS, POLL_SECONDS):
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
    raise Problem(
        f"LocalStack did not answer within {READY_SECONDS} s",
        f"docker logs {settings.CONTAINER}",
        details=last_log_lines(),
    )


def health() -> dict[str, object] | None:
    """Returns what the health endpoint says, or None if it does not answer."""
    with contextlib.suppress(httpx.HTTPError, ValueError):
        answer = httpx.get(f"{settings.EDGE_URL}/_localstack/health", timeout=2)
        if answer.status_code == 200:
            return dict(answer.json())
    return None


def container_state() -> str | None:
    """Returns `running`, `exited`, ..., or None if there is no such container."""
    state = processes.output(["docker", "container", "inspect", "--format", "{{.State.Status}}", settings.CONTAINER])
    return state.strip() if state else None


def _compose_project() -> str:
    wanted = '{{index .Config.Labels "com.docker.compose.project"}}'
    return (processes.output(["docker", "container", "inspect", "--format", wanted, settings.CONTAINER]) or "").strip()


def started_at() -> str:
    """Returns what identifies this start of the container: what was deployed before it is gone."""
    wanted = "{{.Id}} {{.State.StartedAt}}"
    return (processes.output(["docker", "container", "inspect", "--format", wanted, settings.CONTAINER]) or "").strip()


def last_log_lines(lines: int = 25) -> str:
    """Returns the end of the container's log."""
    return processes.stream(["docker", "logs", "--tail", str(lines), settings.CONTAINER]).tail


def remove(say: Say) -> None:
    """Removes everything that Compose and the plugin created: containers first, then networks and volumes."""
    say("compose down")
    if container_state() is not None:
        # Compose would wait up to 10 s for the processes to end; their state is not kept anyway.
        processes.stream(["docker", "rm", "--force", "--volumes", settings.CONTAINER])
    _remove_labelled()
    compose("down", "--volumes", "--remove-orphans", "--timeout", "2")


def _remove_labelled() -> None:
    for _ in range(3):  # a container may have been starting while the others were listed
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


def compose(*arguments: str) -> None:
    """Runs Compose on `localstack.yml`; its output goes to a log file named after the command. Raises Problem."""
    command = docker_engine.compose_command()
    if command is None:
        raise Problem("Compose is missing", "apt-get install docker-compose")
    env = settings.child_environment()
    if settings.STAGE == "prod":
        env.setdefault("ENGINES_KAFKA_MAX_BROKERS", "3")  # a topic's records are on two brokers before they count
        env.setdefault("PMS_VPC_ENDPOINTS", "enforce")  # its subnets are isolated, so a missing endpoint is an outage
    if uses_vendor_image():
        env.setdefault("LOCALSTACK_IMAGE", VENDOR_IMAGE)  # Compose 1.29 cannot choose by itself
    log = settings.LOGS / f"localstack-{arguments[0]}.log"
    command = [*command, "--project-name", PROJECT, "--file", str(FILE), *arguments]
    processes.check(command, f"Compose failed: {' '.join(arguments)}", f"read {log}", log=log, env=env)
