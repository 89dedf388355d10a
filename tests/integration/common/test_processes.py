"""The executables of the image: `migrate`, `serve`, `healthcheck`, `audit` and `dead-letters`."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import httpx
import pytest

from lab.waiting import eventually
from services.auth.config import AuthSettings
from services.common.settings import ServiceSettings
from tests.integration.conftest import MakeSettings
from tests.integration.processes import environment_of


@pytest.fixture
async def environment(service_settings: MakeSettings, signing_alias: str) -> dict[str, str]:
    """The environment variables of the auth service's container."""
    settings: ServiceSettings = await service_settings("auth", AuthSettings)
    return environment_of(
        "auth",
        settings,
        SIGNING_KEY_ALIAS=signing_alias,
        ADMIN_USERNAME="admin",
        ADMIN_PASSWORD="an-admin's-password",
        DRAIN_SECONDS="1.5",
    )


async def start(command: str, environment: dict[str, str], *arguments: str) -> asyncio.subprocess.Process:
    module = f"services.common.commands.{command}"
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, env=environment, stdout=asyncio.subprocess.PIPE
    )


async def run(command: str, environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    process = await start(command, environment, *arguments)
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()


@asynccontextmanager
async def serving(environment: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    process = await start("serve", environment)
    assert process.stdout is not None
    drain = asyncio.create_task(process.stdout.read())
    url = f"http://127.0.0.1:{environment['HTTP_PORT']}"
    try:
        async with asyncio.timeout(90), httpx.AsyncClient() as client:
            while True:
                try:
                    await client.get(f"{url}/health/live")
                    break
                except httpx.TransportError:
                    assert process.returncode is None
                    await asyncio.sleep(0.05)
        yield process, url
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        await drain


async def draining(client: httpx.AsyncClient, url: str) -> bool:
    ready = await client.get(f"{url}/health/ready")
    return ready.status_code == 503 and ready.json()["status"] == "draining"


async def test_a_rolling_restart_under_load_loses_no_request(environment: dict[str, str]) -> None:
    """As with a load balancer, clients call the instance until it reports that it drains."""
    environment["DRAIN_SECONDS"] = "5"  # clients on a busy machine need some time to notice it
    async with serving(environment) as (process, url):
        failures: list[str] = []
        answered = 0
        stop = asyncio.Event()

        async def load() -> None:
            nonlocal answered
            body = {"username": "admin", "password": "an-admin's-password"}
            async with httpx.AsyncClient(base_url=url, timeout=20) as client:
                while not stop.is_set():
                    try:
                        answer = await client.post("/auth/login", json=body)
                        answered += 1
                        if answer.status_code != 200:
                            failures.append(answer.text)
                    except httpx.TransportError as error:
                        failures.append(repr(error))

        async def reached(count: int) -> bool:
            return answered >= count

        clients = [asyncio.create_task(load()) for _ in range(8)]
        await eventually("the load", lambda: reached(20))
        process.send_signal(signal.SIGTERM)
        async with httpx.AsyncClient() as client:
            await eventually("the instance to say that it drains", lambda: draining(client, url))
        served = answered
        await eventually("answers while it drains", lambda: reached(served + 8))
        stop.set()  # the balancer sends nothing more
        await asyncio.gather(*clients)
        async with asyncio.timeout(60):
            assert await process.wait() == 0
        assert failures == []


async def test_a_request_in_flight_is_finished(environment: dict[str, str]) -> None:
    # Slow hashes, so that no request ends before all have begun.
    environment |= {"DRAIN_SECONDS": "0", "ARGON2_PASSES": "40"}
    async with serving(environment) as (process, url), httpx.AsyncClient(base_url=url, timeout=20) as client:
        body = {"username": "admin", "password": "an-admin's-password"}
        logins = [asyncio.create_task(client.post("/auth/login", json=body)) for _ in range(6)]
        async with asyncio.timeout(60):
            while "http_requests_in_flight 7.0" not in (await client.get("/metrics")).text:
                assert not all(login.done() for login in logins)
        process.send_signal(signal.SIGTERM)
        assert {(await login).status_code for login in logins} == {200}
        assert await process.wait() == 0


async def test_the_health_check_fails_unless_the_service_runs(environment: dict[str, str]) -> None:
    assert (await run("healthcheck", environment))[0] == 1
    async with serving(environment):
        assert (await run("healthcheck", environment))[0] == 0


async def test_simultaneous_and_repeated_migrations_succeed(environment: dict[str, str]) -> None:
    results = await asyncio.gather(*(run("migrate", environment) for _ in range(3)))
    assert [code for code, _ in results] == [0, 0, 0]


async def test_a_migration_waits_for_the_database_for_a_limited_time(environment: dict[str, str]) -> None:
    started = time.monotonic()
    code, output = await run("migrate", {**environment, "DATABASE_PORT": "1", "DATABASE_START_SECONDS": "1"})
    assert code == 1
    assert time.monotonic() - started >= 1
    assert "waiting_for_database" in output
    assert "migration_failed" in output


async def test_the_commands_of_operators_run(environment: dict[str, str]) -> None:
    code, output = await run("audit", environment, "verify")
    assert (code, output.splitlines()[-1]) == (0, "intact")
    code, output = await run("dead_letters", environment, "list")
    assert (code, output.strip()) == (0, "none")
    assert (await run("dead_letters", environment, "replay", "no/such/place"))[0] == 1


async def test_the_service_logs_in_with_the_role_that_the_migration_made(
    environment: dict[str, str], database_server: str
) -> None:
    name, password = f"service_{uuid4().hex[:12]}", "of-the-service"
    of_owner = {**environment, "SERVICE_DATABASE_USERNAME": name, "SERVICE_DATABASE_PASSWORD": password}
    of_service = {**environment, "DATABASE_USERNAME": name, "DATABASE_PASSWORD": password}
    try:
        code, output = await run("migrate", of_owner)
        assert code == 0
        assert password not in output
        async with serving(of_service) as (_, url), httpx.AsyncClient(base_url=url, timeout=20) as client:
            wrong = await client.post("/auth/login", json={"username": "admin", "password": "not-the-password"})
            assert wrong.status_code == 401
            body = {"username": "admin", "password": "an-admin's-password"}
            assert (await client.post("/auth/login", json=body)).status_code == 200
        code, output = await run("audit", of_service, "verify")
        assert (code, output.splitlines()[-1]) == (0, "intact")
    finally:
        await drop_role(database_server, environment["DATABASE_NAME"], name)


async def drop_role(server: str, database: str, name: str) -> None:
    """Removes the role, which all databases of the server share."""
    connection = await asyncpg.connect(f"{server.rpartition('/')[0]}/{database}")
    await connection.execute(f"GRANT {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}")
    await connection.close()
