"""`migrate`: applies the migrations of a service's database. Several may run at once: one works, the others wait."""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from pydantic import Field, SecretStr
from sqlalchemy import Connection, insert, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from services.common import logs, service_role, tables
from services.common.backoff import Backoff
from services.common.database import connect_arguments, is_disconnect
from services.common.database_locks import MIGRATION
from services.common.settings import ServiceSettings

COMMON = Path(__file__).parent.parent / "migrations"


class MigrationSettings(ServiceSettings):
    """Adds the role that the service logs in as. The other settings of the database are those of its owner."""

    service_database_username: str = Field(default="", description="If it is empty, no role is created.")
    service_database_password: SecretStr = SecretStr("")
    service_database_iam: bool = Field(default=False, description="Whether the role has no password but uses IAM.")


async def migrate(settings: ServiceSettings) -> None:
    """Applies common's and the service's migrations, and provides the service's role.

    Raises when the database stays away or a migration fails.
    """
    arguments = connect_arguments(settings)
    arguments["server_settings"]["statement_timeout"] = "0"  # building an index may take long
    arguments["command_timeout"] = None
    engine = create_async_engine(settings.database_url, poolclass=NullPool, connect_args=arguments)
    try:
        await _wait(engine, settings.database_start_seconds)
        async with engine.connect() as connection:
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION})
            await connection.commit()
            await connection.run_sync(_upgrade, settings.service_name)
            await connection.commit()
            await _begin_era(connection)
            if isinstance(settings, MigrationSettings) and settings.service_database_username:
                password = None if settings.service_database_iam else settings.service_database_password
                await service_role.provide(connection, settings.service_database_username, password)
            await connection.commit()
    finally:
        await engine.dispose()


async def _begin_era(connection: AsyncConnection) -> None:
    """Begins a new era of the audit log when the database was moved to another cluster, for instance from a dump.

    Waits for the transactions that write audit records, so that each of these gets the era that it belongs to.
    """
    cluster = await connection.scalar(text("SELECT system_identifier FROM pg_control_system()"))
    last = (await connection.execute(text("SELECT era, cluster FROM audit_era ORDER BY era DESC LIMIT 1"))).one()
    if last.cluster == cluster:
        return
    era = int(last.era) + 1
    await connection.execute(text(f"ALTER TABLE audit_log ALTER era SET DEFAULT {era}"))
    await connection.execute(insert(tables.audit_era), [{"era": era, "cluster": cluster}])
    logs.logger(__name__).info("audit_era_began", sequence=era)


async def _wait(engine: AsyncEngine, seconds: float) -> None:
    """Waits for the database: the task may start before it. Raises what the last try raised."""
    deadline, backoff = time.monotonic() + seconds, Backoff(first=0.1, longest=2.0)
    while True:
        try:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
            return
        except Exception as error:
            if not is_disconnect(error) or time.monotonic() > deadline:
                raise
            pause = backoff.next()
            logs.logger(__name__).info("waiting_for_database", retry_in_s=round(pause, 2), **logs.describe(error))
        await asyncio.sleep(pause)


def _upgrade(connection: Connection, service: str) -> None:
    command.upgrade(configuration(service, connection), "heads")


def configuration(service: str, connection: Any = None) -> Config:
    """Returns Alembic's configuration: common's environment, with common's and the service's migrations."""
    own = Path(importlib.import_module(f"services.{service}").__path__[0]) / "migrations"
    config = Config()
    config.set_main_option("script_location", str(COMMON))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", os.pathsep.join((str(COMMON / "versions"), str(own))))
    config.attributes["connection"] = connection
    return config


def main() -> None:
    """Migrates the database of the service that SERVICE_NAME names."""
    settings = MigrationSettings(service_name=os.environ["SERVICE_NAME"])
    logs.set_up(settings.service_name, settings.stage, settings.log_level)
    started = time.monotonic()
    try:
        asyncio.run(migrate(settings))
    except Exception as error:
        logs.logger(__name__).error("migration_failed", **logs.describe(error))
        sys.exit(1)
    logs.logger(__name__).info("migrated", seconds=round(time.monotonic() - started, 2))


if __name__ == "__main__":
    main()
