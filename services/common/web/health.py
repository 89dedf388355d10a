"""How the service is, for orchestrators and operators. Not routed publicly and not part of the API's document."""

from __future__ import annotations

import asyncio
import time

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.common import metrics
from services.common.runtime import Runtime, runtime_of

router = APIRouter(include_in_schema=False)
CHECK_SECONDS = 2.0
_STARTED = time.time()


@router.get("/health/live")
async def live() -> dict[str, str]:
    """The process serves. The container's health check: a database that is away is no reason to replace the task."""
    return {"status": "up"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Whether requests should come here: not while draining, nor without the database.

    Without the broker the service is degraded and ready: writes go to the outbox and are sent when it returns. A broker
    that was never reached is another thing: something is set up wrongly.
    """
    runtime = runtime_of(request)
    database, broker = await asyncio.gather(_database(runtime), _broker(runtime))
    broker_ok = broker == "up" or runtime.kafka.reached
    serving = not runtime.draining and database == "up" and broker_ok
    status = ("up" if broker == "up" else "degraded") if serving else "draining" if runtime.draining else "down"
    checks = {"database": database, "broker": broker}
    return JSONResponse({"status": status, "checks": checks}, 200 if serving else 503)


@router.get("/info")
async def info(request: Request) -> dict[str, object]:
    """What runs here."""
    settings = runtime_of(request).settings
    return {
        "service": settings.service_name,
        "version": settings.service_version,
        "stage": settings.stage,
        "uptime_seconds": round(time.time() - _STARTED),
    }


@router.get("/metrics")
async def exposition() -> Response:
    """For Prometheus."""
    body, media_type = metrics.exposition()
    return Response(body, media_type=media_type)


async def _database(runtime: Runtime) -> str:  # type: ignore[type-arg]
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await runtime.database.ping()
    except Exception:
        return "down"
    return "up"


async def _broker(runtime: Runtime) -> str:  # type: ignore[type-arg]
    """A TCP connection to any broker: cheap, and enough to tell whether one listens."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            servers = await runtime.kafka.bootstrap_servers()
            for server in servers.split(","):
                host, _, port = server.strip().rpartition(":")
                try:
                    _, writer = await asyncio.open_connection(host, int(port))
                except OSError:
                    continue
                writer.close()
                return "up"
    except (TimeoutError, ValueError):
        pass
    return "down"
