"""The time from the answer to a registration until its effects are in the other services' databases."""

import asyncio
import json
import time
from typing import Any

from ops.databases import connect
from ops.load.http import Connection, Target
from ops.load.scenarios import new_patients

REGISTRATIONS = 300
_PAUSE_SECONDS = 0.05
_POLL_SECONDS = 0.002
_LIMIT_SECONDS = 30

QUERIES = {
    "billing": ("account", "SELECT 1 FROM account WHERE patient_id = $1"),
    "notification": ("notification", "SELECT 1 FROM event_log WHERE patient_id = $1"),
}


async def measure(target: Target, token: str, services: set[str]) -> dict[str, list[float]]:
    """Returns the milliseconds from the answer until the effect is committed, in ascending order, by effect."""
    connections = {name: await connect(name) for name in QUERIES if name in services}
    found: dict[str, list[float]] = {QUERIES[name][0]: [] for name in connections}
    try:
        async with Connection(target, token) as client:
            for call, _ in zip(new_patients(), range(REGISTRATIONS), strict=False):
                status, body = await client.send(call)
                answered = time.monotonic()
                if status != 201:
                    continue
                patient = json.loads(body)["id"]
                effects = (_effect(connections[name], name, patient, answered) for name in connections)
                for name, took in zip(connections, await asyncio.gather(*effects), strict=True):
                    found[QUERIES[name][0]].append(took)
                await asyncio.sleep(_PAUSE_SECONDS)
    finally:
        for connection in connections.values():
            await connection.close()
    return {name: sorted(times) for name, times in found.items()}


async def _effect(connection: Any, service: str, patient: str, since: float) -> float:
    query = QUERIES[service][1]
    while time.monotonic() - since < _LIMIT_SECONDS:
        if await connection.fetchval(query, patient):
            break
        await asyncio.sleep(_POLL_SECONDS)
    return (time.monotonic() - since) * 1000
