"""Health, version and metrics, for orchestrators and operators. The gateway does not route these paths."""

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
    """Answers while the process serves. It is the container's health check, so it does not depend on the database."""
    return {"status": "up"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """Answers 503 while draining, without the database, and until a broker was reached for the first time.

    When the broker goes away later, the service is degraded but ready: events wait in the outbox. A broker that was
    never reached is probably a wrong configuration.
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
    """Returns name, version and uptime."""
    settings = runtime_of(request).settings
    return {
        "service": settings.service_name,
        "version": settings.service_version,
        "stage": settings.stage,
        "uptime_seconds": round(time.time() - _STARTED),
    }


@router.get("/metrics")
async def exposition() -> Response:
    """Returns the metrics for Prometheus."""
    body, media_type = metrics.exposition()
    return Response(body, media_type=media_type)


async def _database(runtime: Runtime) -> str:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await runtime.database.ping()
    except Exception:
        return "down"
    return "up"


async def _broker(runtime: Runtime) -> str:
    """Opens a TCP connection to any broker, which is a cheap way to find out whether one listens."""
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
