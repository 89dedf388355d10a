"""The command: what there is to do, with a bar for each part, and the sign-ins at the end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops import aws
from ops.demo import bulk_import, plan
from ops.demo.session import Session
from ops.demo.small_clinic import Advance, Clinic
from ops.look import urls
from ops.problems import Problem

SIZES = ("small", "large")


def demo(console: Console, size: str) -> None:
    """Seed the clinic and say who can sign in."""
    fill(console, size)
    console.print(f"sign in: POST {urls.api_url()}/auth/login", highlight=False, soft_wrap=True)
    console.print(_sign_ins())


def fill(console: Console, size: str) -> None:
    """Seed the clinic; running it again adds nothing. Raises Problem."""
    if size not in SIZES:
        raise Problem(f"there is no size {size!r}", f"SIZE={' or SIZE='.join(SIZES)}")
    columns = TextColumn("{task.description:<28}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        asyncio.run(_seed(progress, size))


async def _seed(progress: Progress, size: str) -> None:
    services = set(await asyncio.to_thread(_deployed))
    secret = await asyncio.to_thread(aws.secret, urls.ADMIN_SECRET)
    async with Session(urls.api_url()) as admin:
        await admin.sign_in(secret["username"], secret["password"])
        await _small(progress, Clinic(admin, urls.api_url(), datetime.now(UTC)), services)
        if size == "large":
            me = UUID((await admin.get("/auth/me"))["id"])
            await _bulk(progress, "patients' records", partial(bulk_import.import_patients, me))
            for service, title, work in (
                ("billing", "billing accounts", bulk_import.import_accounts),
                ("notification", "patients' addresses", bulk_import.import_contacts),
            ):
                if service in services:
                    await _bulk(progress, title, work)


async def _small(progress: Progress, made: Clinic, services: set[str]) -> None:
    await _all(progress, "accounts", made.open_account, plan.ACCOUNTS)
    own = [account for account in plan.ACCOUNTS if account.patient]
    await _all(progress, "patients' own records", made.register_own_record, own)
    if not {"appointment", "billing"} <= services:
        await _all(progress, "patients", made.register, range(plan.PATIENTS))
        return
    await made.find_doctors()
    await _all(progress, "doctors' hours", made.set_hours, plan.SCHEDULES)
    await _all(progress, "patients and their visits", made.treat, range(plan.PATIENTS))


async def _all(
    progress: Progress, title: str, work: Callable[[Any, Advance], Awaitable[None]], items: Iterable[Any]
) -> None:
    listed = list(items)
    task = progress.add_task(title, total=len(listed))
    await asyncio.gather(*(work(item, partial(progress.advance, task)) for item in listed))


async def _bulk(progress: Progress, title: str, work: Callable[[Callable[[int], None]], Awaitable[None]]) -> None:
    task = progress.add_task(title, total=bulk_import.PATIENTS)
    await work(partial(progress.advance, task))


def _deployed() -> list[str]:
    return [str(service["serviceName"]) for service in aws.services()]


def _sign_ins() -> Table:
    table = Table("username", "password", "role")
    for account in plan.ACCOUNTS:
        table.add_row(account.username, plan.PASSWORD, account.role)
    return table
