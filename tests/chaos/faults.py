"""Faults: parts of the system that are killed without a chance to end, and how their recovery is recognised."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from ops import aws, brokers, settings
from tests.chaos.run import Run

RECOVERY_SECONDS = 60.0
_STEADY_ANSWERS = 5

_KILL = """
import os, pathlib, signal, sys
killed = []
for entry in pathlib.Path("/proc").iterdir():
    if entry.name.isdigit() and int(entry.name) != os.getpid():
        try:
            argv = (entry / "cmdline").read_bytes().decode(errors="replace").split("\\0")
        except OSError:
            continue
        if all(any(word in part for part in argv) for word in sys.argv[1:]):
            os.kill(int(entry.name), signal.SIGKILL)
            killed.append(entry.name)
print(*killed)
"""
"""A program for LocalStack's container. It sends SIGKILL to every process whose arguments contain all the words."""


@dataclass(frozen=True)
class Fault:
    """`kill` ends a part of the system; `has_recovered` asks once whether what depends on the part works."""

    name: str
    kill: Callable[[], None]
    has_recovered: Callable[[], bool]


def service(name: str, run: Run) -> Fault:
    """Returns the fault that kills the container of one of a service's tasks."""

    def kill() -> None:
        task = next(task for task in aws.tasks(name) if task["lastStatus"] == "RUNNING")
        subprocess.run(["docker", "kill", aws.container_id(task, name)], check=True, capture_output=True)

    return Fault(name, kill, lambda: _answers(name, run))


def database(service_name: str, run: Run) -> Fault:
    """Returns the fault that kills a service's PostgreSQL server, with all its connections."""

    def kill() -> None:
        found = aws.client("rds").describe_db_instances(DBInstanceIdentifier=f"{settings.PREFIX}-{service_name}")
        port = found["DBInstances"][0]["Endpoint"]["Port"]
        _kill_process("postgres", "-D", f"/{port}/")

    return Fault(f"database of {service_name}", kill, lambda: _answers(service_name, run))


def broker() -> Fault:
    """Returns the fault that kills the Kafka broker."""

    def kill() -> None:
        _kill_process("kafka.Kafka")

    return Fault("broker", kill, lambda: asyncio.run(_broker_answers()))


def gateway(run: Run) -> Fault:
    """Returns the fault that kills HAProxy: its master process, and with it the worker."""

    def kill() -> None:
        _kill_process("haproxy", "-W")

    return Fault("gateway", kill, lambda: _answers("patient", run))


def inject(fault: Fault) -> float:
    """Kills the part. Returns the seconds until it worked again, and kept working. Raises AssertionError."""
    fault.kill()
    killed = time.monotonic()
    first, steady = killed, 0
    while steady < _STEADY_ANSWERS:
        if time.monotonic() - killed > RECOVERY_SECONDS:
            raise AssertionError(f"{fault.name} does not work again after {RECOVERY_SECONDS} s")
        if fault.has_recovered():
            first = time.monotonic() if steady == 0 else first
            steady += 1
        else:
            steady = 0
        time.sleep(0.2)
    return first - killed


_READS = {
    "auth": "/auth/users?limit=1",
    "patient": "/api/patients?limit=1",
    "appointment": "/appointments?limit=1",
    "billing": "/api/billing/invoices?limit=1",
    "notification": "/notifications?limit=1",
}


def _answers(name: str, run: Run) -> bool:
    headers = {"authorization": f"Bearer {run.staff.token}"}
    try:
        return httpx.get(settings.API_URL + _READS[name], headers=headers, timeout=3).status_code == 200
    except httpx.TransportError:
        return False


async def _broker_answers() -> bool:
    consumer: Any = AIOKafkaConsumer(**brokers.connection(), request_timeout_ms=3000)
    try:
        async with asyncio.timeout(4):
            await consumer.start()
            return bool(await consumer.topics())
    except Exception:
        return False
    finally:
        await consumer.stop()


def _kill_process(*words: str) -> None:
    command = ["docker", "exec", settings.CONTAINER, "python3", "-c", _KILL, *words]
    killed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert killed, f"no process has {words} in its arguments"
