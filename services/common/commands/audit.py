"""`audit`: verifies the audit log, and lists what it says about a patient."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

import typer

from services.common import audit, audit_anchors, audit_chain, tables
from services.common.anchor_log import AnchorLog
from services.common.database import Database
from services.common.settings import ServiceSettings
from services.common.unit_of_work import UnitOfWork

T = TypeVar("T")
app = typer.Typer(help="The audit log of this service.", no_args_is_help=True)


@app.command()
def verify() -> None:
    """Recomputes the chain of seals, and compares it with its anchors; exits 1 when something was tampered with."""
    settings = _settings()

    async def run(uow: UnitOfWork) -> tuple[audit_chain.Verification, audit_anchors.Check | None]:
        chain = await audit_chain.verify(uow)
        if chain.fault or not settings.audit_key_id:
            return chain, None
        return chain, await audit_anchors.check(uow, AnchorLog(settings), settings)

    chain, anchors = asyncio.run(_in_transaction(run))
    head = f"seal {chain.head.sequence}, {chain.head.hash.hex()}" if chain.head else "none"
    typer.echo(f"records {chain.records}  head {head}")
    if anchors:
        last = f", the last one of seal {anchors.last.sequence} at {anchors.last.at}" if anchors.last else ""
        typer.echo(f"anchors {anchors.anchors}{last}")
    elif not settings.audit_key_id:
        typer.echo("anchors none, because AUDIT_KEY_ID is not set")
    fault = chain.fault or (anchors and anchors.fault)
    typer.echo(f"not intact: {fault}" if fault else "intact")
    if fault:
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


def _settings() -> ServiceSettings:
    """The service's own, but a query may take as long as a long chain needs."""
    return ServiceSettings(service_name=os.environ["SERVICE_NAME"], statement_seconds=3600)


async def _in_transaction(query: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    database = Database(_settings())
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
