"""Databases without a table, and migrations of them up to a revision."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.common.commands.migrate import configuration
from services.common.settings import ServiceSettings
from tests.integration.conftest import settings_of


@asynccontextmanager
async def empty_database(server: str, service: str) -> AsyncIterator[ServiceSettings]:
    """Yields the settings of the service with a database without a table."""
    name = f"test_migration_{uuid.uuid4().hex[:12]}"
    administrator = await asyncpg.connect(server)
    await administrator.execute(f'CREATE DATABASE "{name}"')
    try:
        yield settings_of(f"{server.rpartition('/')[0]}/{name}", ServiceSettings, service_name=service)
    finally:
        await administrator.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await administrator.close()


async def upgrade(settings: ServiceSettings, revision: str) -> None:
    """Applies the migrations up to the revision."""

    def run(connection: Connection) -> None:
        command.upgrade(configuration(settings.service_name, connection), revision)

    engine = create_async_engine(settings.database_url)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


@asynccontextmanager
async def connected(settings: ServiceSettings) -> AsyncIterator[asyncpg.Connection]:
    """Yields a connection to the database."""
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()
