"""The command `make demo`: progress bars while the clinic is created, then a table of accounts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops import api, aws, settings
from ops.demo import bulk_import, plan
from ops.demo.small_clinic import Advance, SmallClinic
from ops.problems import Problem

SIZES = ("small", "large")


def demo(console: Console, size: str) -> None:
    """Fills the system and prints who can sign in. Raises Problem."""
    fill(console, size)
    console.print(f"sign in: POST {settings.API_URL}/auth/login", highlight=False, soft_wrap=True)
    console.print(_accounts())


def fill(console: Console, size: str) -> None:
    """Fills the system. Doing it again adds nothing. Raises Problem."""
    if size not in SIZES:
        raise Problem(f"there is no size {size!r}", f"SIZE={' or SIZE='.join(SIZES)}")
    columns = TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        asyncio.run(_seed(progress, size))


async def _seed(progress: Progress, size: str) -> None:
    services = set(await asyncio.to_thread(aws.service_names))
    async with api.Session() as admin:
        await admin.sign_in(await asyncio.to_thread(api.administrator))
        await _small(progress, SmallClinic(admin, datetime.now(UTC)), services)
        if size == "large":
            me = UUID((await admin.get("/auth/me"))["id"])
            await _bulk(progress, "patients' records", partial(bulk_import.import_patients, me))
            for service, title, work in (
                ("billing", "billing accounts", bulk_import.import_accounts),
                ("notification", "patients' addresses", bulk_import.import_contacts),
            ):
                if service in services:
                    await _bulk(progress, title, work)


async def _small(progress: Progress, clinic: SmallClinic, services: set[str]) -> None:
    await _all(progress, "accounts", clinic.open_account, plan.ACCOUNTS)
    own = [account for account in plan.ACCOUNTS if account.patient]
    await _all(progress, "patients' own records", clinic.register_own_record, own)
    if not {"appointment", "billing"} <= services:
        await _all(progress, "patients", clinic.register, range(plan.PATIENTS))
        return
    await clinic.find_doctors()
    await _all(progress, "doctors' hours", clinic.set_hours, plan.SCHEDULES)
    await _all(progress, "patients and their visits", clinic.treat, range(plan.PATIENTS))


async def _all(
    progress: Progress, title: str, work: Callable[[Any, Advance], Awaitable[None]], items: Iterable[Any]
) -> None:
    listed = list(items)
    task = progress.add_task(title, total=len(listed))
    await asyncio.gather(*(work(item, partial(progress.advance, task)) for item in listed))


async def _bulk(progress: Progress, title: str, work: Callable[[Callable[[int], None]], Awaitable[None]]) -> None:
    task = progress.add_task(title, total=bulk_import.PATIENTS)
    await work(partial(progress.advance, task))


def _accounts() -> Table:
    table = Table("username", "password", "role")
    for account in plan.ACCOUNTS:
        table.add_row(account.username, plan.PASSWORD, account.role)
    return table
