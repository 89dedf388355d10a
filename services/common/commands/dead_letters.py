"""`dead-letters`: what to do with the messages that a service gave up."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from services.common.database import Database
from services.common.messaging.dead_letters import DeadLetter, DeadLetterOffice
from services.common.messaging.kafka import Kafka

app = typer.Typer(help="Messages that this service gave up.", no_args_is_help=True)
console = Console(width=160)
Places = Annotated[list[str] | None, typer.Argument(help="topic/partition/offset, as `list` prints it")]
All = Annotated[bool, typer.Option("--all", help="every one that is listed")]


@app.command("list")
def list_() -> None:
    """Those that nobody has replayed or discarded."""
    table = Table("place", "key", "reason", "error", "attempts", "at", box=None)
    letters = asyncio.run(_with_office(_waiting))
    for letter in letters:
        about = letter.about
        key = (letter.message.key or b"").decode("utf-8", "replace")
        table.add_row(letter.place, key, about["reason"], about["error"], about["attempts"], about["at"])
    console.print(table if letters else "none")


@app.command()
def show(place: str) -> None:
    """The message itself. It may hold personal data."""
    for letter in _chosen(asyncio.run(_with_office(_waiting)), [place], everything=False):
        for name, value in letter.about.items():
            console.print(f"{name}: {value}", markup=False)
        console.print((letter.message.value or b"").decode("utf-8", "replace"), markup=False, soft_wrap=True)


@app.command()
def replay(places: Places = None, everything: All = False) -> None:
    """Sends messages to their topic again."""

    async def run(office: DeadLetterOffice, topics: Sequence[Any]) -> int:
        letters = _chosen(await office.waiting(topics), places, everything)
        await office.replay(letters)
        return len(letters)

    console.print(f"replayed: {asyncio.run(_with_office(run))}")


@app.command()
def discard(places: Places = None, everything: All = False) -> None:
    """Lists messages no longer; Kafka forgets them when their retention ends."""

    async def run(office: DeadLetterOffice, topics: Sequence[Any]) -> int:
        letters = _chosen(await office.waiting(topics), places, everything)
        await office.discard(letters)
        return len(letters)

    console.print(f"discarded: {asyncio.run(_with_office(run))}")


async def _waiting(office: DeadLetterOffice, topics: Sequence[Any]) -> list[DeadLetter]:
    return await office.waiting(topics)


def _chosen(letters: Sequence[DeadLetter], places: Sequence[str] | None, everything: bool) -> list[DeadLetter]:
    if everything:
        return list(letters)
    found = {letter.place: letter for letter in letters}
    unknown = [place for place in places or [] if place not in found]
    if unknown or not places:
        console.print(f"not waiting: {', '.join(unknown)}" if unknown else "name some places, or --all")
        raise typer.Exit(1)
    return [found[place] for place in places]


async def _with_office(action: Any) -> Any:
    name = os.environ["SERVICE_NAME"]
    parts = importlib.import_module(f"services.{name}.main").app.state.parts
    settings = parts.read_settings()
    database = Database(settings)
    try:
        topics = parts.consumers.topics if parts.consumers else ()
        return await action(DeadLetterOffice(database, Kafka(settings), name), topics)
    finally:
        await database.close()


def main() -> None:
    """Entry point."""
    app()


if __name__ == "__main__":
    main()
