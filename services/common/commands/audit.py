"""`audit`: verifies the audit log, and lists what it says about a patient."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import typer

from services.common import audit, audit_chain, tables
from services.common.database import Database
from services.common.settings import ServiceSettings
from services.common.unit_of_work import UnitOfWork

T = TypeVar("T")
app = typer.Typer(help="The audit log of this service.", no_args_is_help=True)


@app.command()
def verify() -> None:
    """Recomputes the chain of seals; exits 1 when it is broken."""
    result = asyncio.run(_in_transaction(audit_chain.verify))
    head = f"seal {result.head.sequence} {result.head.hash.hex()}" if result.head else "none"
    typer.echo(f"records {result.records}  head {head}  {result.fault or 'intact'}")
    if result.fault:
        raise typer.Exit(1)


@app.command()
def patient(id: UUID) -> None:
    """Lists who read or changed a patient's data in this service, and who was denied."""

    async def run(uow: UnitOfWork) -> list[Any]:
        return await uow.all(audit.about(id), lambda *columns: columns)

    names = [column.name for column in tables.audit_log.columns]
    for columns in asyncio.run(_in_transaction(run)):
        row = dict(zip(names, columns, strict=True))
        what = f"{row['action']} {row['resource']}{' (with others)' if len(row['patient_ids']) > 1 else ''}"
        who = f"{row['actor']:<36}  {','.join(row['roles']):<12}"
        typer.echo(f"{row['at']:%Y-%m-%dT%H:%M:%SZ}  {row['outcome']:<7}  {who}  {what}")


async def _in_transaction(query: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    database = Database(ServiceSettings(service_name=os.environ["SERVICE_NAME"]))
    try:
        async with database.unit_of_work() as uow:
            return await query(uow)
    finally:
        await database.close()


def main() -> None:
    """Runs the command line."""
    app()


if __name__ == "__main__":
    main()
