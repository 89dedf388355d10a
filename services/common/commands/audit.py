"""`audit verify`: whether the audit log is as it was written."""

from __future__ import annotations

import asyncio
import os

import typer

from services.common import audit
from services.common.database import Database
from services.common.settings import ServiceSettings

app = typer.Typer(help="The audit log of this service.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `verify` a subcommand."""


@app.command()
def verify() -> None:
    """Recomputes the hash chain; exits 1 where it breaks. Compare `head` with the last `audit_sealed` log line."""

    async def run() -> audit.Verdict:
        database = Database(ServiceSettings(service_name=os.environ["SERVICE_NAME"]))
        try:
            async with database.unit_of_work() as work:
                return await audit.verify(work.session)
        finally:
            await database.close()

    verdict = asyncio.run(run())
    typer.echo(f"records {verdict.checked}  head {verdict.head}  {verdict.fault or 'intact'}")
    if verdict.fault:
        raise typer.Exit(1)


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
