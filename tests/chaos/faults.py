"""What gets killed, without grace, and how one sees that it is back."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer

from ops import aws, settings
from tests.chaos.run import Clinic

RECOVERY_SECONDS = 60.0
_STEADY_ANSWERS = 5

KILL = """
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
"""Runs inside LocalStack's container: SIGKILL for every process whose arguments contain all the words."""


@dataclass(frozen=True)
class Victim:
    """`kill` ends it now; `is_well` asks once whether what depends on it works."""

    name: str
    kill: Callable[[], None]
    is_well: Callable[[], bool]


def service(name: str, clinic: Clinic) -> Victim:
    """The container of one of a service's tasks."""

    def kill() -> None:
        task = next(t for t in aws.tasks(name) if t["lastStatus"] == "RUNNING")
        main = next(c for c in task["containers"] if c["name"] == name)
        subprocess.run(["docker", "kill", main["runtimeId"]], check=True, capture_output=True)

    return Victim(name, kill, lambda: _answers(name, clinic))


def database(service_name: str, clinic: Clinic) -> Victim:
    """The PostgreSQL server of a service, with all its connections."""

    def kill() -> None:
        found = aws.client("rds").describe_db_instances(DBInstanceIdentifier=f"pms-{service_name}")
        port = found["DBInstances"][0]["Endpoint"]["Port"]
        _kill_process("postgres", "-D", f"/{port}/")

    return Victim(f"database of {service_name}", kill, lambda: _answers(service_name, clinic))


def broker() -> Victim:
    def kill() -> None:
        _kill_process("kafka.Kafka")

    return Victim("broker", kill, lambda: asyncio.run(_broker_answers()))


def front_door(clinic: Clinic) -> Victim:
    """HAProxy's master, and with it its worker."""

    def kill() -> None:
        _kill_process("haproxy", "-W")

    return Victim("front door", kill, lambda: _answers("patient", clinic))


def strike(victim: Victim) -> float:
    """Kills and waits; the seconds until it worked again and went on doing so."""
    victim.kill()
    killed = time.monotonic()
    first, steady = killed, 0
    while steady < _STEADY_ANSWERS:
        if time.monotonic() - killed > RECOVERY_SECONDS:
            raise AssertionError(f"{victim.name} is not back after {RECOVERY_SECONDS} s")
        if victim.is_well():
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


def _answers(name: str, clinic: Clinic) -> bool:
    headers = {"authorization": f"Bearer {clinic.staff.token}"}
    try:
        return httpx.get(settings.API_URL + _READS[name], headers=headers, timeout=3).status_code == 200
    except httpx.TransportError:
        return False


async def _broker_answers() -> bool:
    consumer: Any = AIOKafkaConsumer(bootstrap_servers=aws.bootstrap_brokers(), request_timeout_ms=3000)
    try:
        async with asyncio.timeout(4):
            await consumer.start()
            return bool(await consumer.topics())
    except Exception:
        return False
    finally:
        await consumer.stop()


def _kill_process(*words: str) -> None:
    command = ["docker", "exec", settings.CONTAINER, "python3", "-c", KILL, *words]
    killed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    assert killed, f"no process has {words} in its arguments"
