"""Processor time by part of the system, as this machine's kernel counts it."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ops import aws, processes, settings

BROKER, LOCALSTACK, DOCKER = "broker", "LocalStack", "Docker"
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_DOCKER_COMMANDS = ("dockerd", "containerd", "containerd-shim")


@dataclass(frozen=True)
class Process:
    """`seconds` is the processor time of a process and of its children that have ended."""

    parent: int
    command: str
    seconds: float
    arguments: str = ""


def container(service: str) -> str:
    """Returns the name of the part that is a service's container."""
    return f"{service} container"


def database(service: str) -> str:
    """Returns the name of the part that is a service's database server."""
    return f"{service} database"


def parts(ports: Mapping[str, int]) -> dict[int, str]:
    """Returns the first process of each part of the running system.

    `ports` are those of the services' database servers. Finds none where containers run in another machine, as with
    Docker Desktop.
    """
    found = {pid: LOCALSTACK for pid in _first_processes([settings.CONTAINER])}
    for service in aws.service_names():
        ids = [aws.container_id(task, service) for task in aws.tasks(service)]
        found |= {pid: container(service) for pid in _first_processes(ids)}
    running = snapshot(with_arguments=True)
    return found | inner_parts(running, set(found), ports)


def inner_parts(running: Mapping[int, Process], known: set[int], ports: Mapping[str, int]) -> dict[int, str]:
    """Returns the first processes of LocalStack's servers and of Docker among the running processes."""
    found: dict[int, str] = {}
    for pid, process in running.items():
        if process.command.startswith(_DOCKER_COMMANDS):
            found[pid] = DOCKER
        elif not _inside(pid, running, known):
            continue
        elif process.command == "java":
            found[pid] = BROKER
        elif service := next((name for name, port in ports.items() if f"/{port}/data" in process.arguments), None):
            found[pid] = database(service)
    return found


def used(running: Mapping[int, Process], first: Mapping[int, str]) -> dict[str, float]:
    """Returns the seconds of each part: a process belongs to the part of its nearest ancestor."""
    total = dict.fromkeys(first.values(), 0.0)
    for pid, process in running.items():
        owner = next((name for ancestor in _line(pid, running) if (name := first.get(ancestor))), None)
        if owner:
            total[owner] += process.seconds
    return total


def snapshot(with_arguments: bool = False) -> dict[int, Process]:
    """Returns all processes that this machine shows."""
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        try:
            head, _, rest = (folder / "stat").read_text().rpartition(")")
            arguments = (folder / "cmdline").read_text(errors="replace") if with_arguments else ""
        except OSError:
            continue  # it has ended
        fields = rest.split()
        found[int(folder.name)] = Process(
            int(fields[1]), head.partition("(")[2], sum(map(int, fields[11:15])) / _TICKS, arguments
        )
    return found


def _inside(pid: int, running: Mapping[int, Process], ancestors: set[int]) -> bool:
    return any(ancestor in ancestors for ancestor in _line(pid, running))


def _line(pid: int, running: Mapping[int, Process]) -> Iterable[int]:
    """Yields a process, its parent, and so on."""
    seen: set[int] = set()
    while pid in running and pid not in seen:
        yield pid
        seen.add(pid)
        pid = running[pid].parent


def _first_processes(containers: list[str]) -> list[int]:
    if not containers:
        return []
    found = processes.output(["docker", "inspect", "--format", "{{.State.Pid}}", *containers]) or ""
    return [int(pid) for pid in found.split() if Path(f"{_PROC}/{pid}").exists()]
