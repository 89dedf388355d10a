"""`dead-letters`: lists, shows, replays and discards the messages that a service could not process."""

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
from services.common.messaging.dead_letters import DeadLetter, DeadLetterQueue
from services.common.messaging.kafka import Kafka

app = typer.Typer(help="Messages that this service could not process.", no_args_is_help=True)
console = Console(width=160)
Places = Annotated[list[str] | None, typer.Argument(help="topic/partition/offset, as `list` prints it")]
All = Annotated[bool, typer.Option("--all", help="all that are listed")]


@app.command("list")
def list_() -> None:
    """Lists the messages that were neither replayed nor discarded."""
    table = Table("place", "key", "reason", "error", "attempts", "at", box=None)
    letters = asyncio.run(_with_queue(_pending))
    for letter in letters:
        about = letter.about
        key = (letter.message.key or b"").decode("utf-8", "replace")
        table.add_row(letter.place, key, about["reason"], about["error"], about["attempts"], about["at"])
    console.print(table if letters else "none")


@app.command()
def show(place: str) -> None:
    """Prints a message. It may contain personal data."""
    for letter in _chosen(asyncio.run(_with_queue(_pending)), [place], everything=False):
        for name, value in letter.about.items():
            console.print(f"{name}: {value}", markup=False)
        console.print((letter.message.value or b"").decode("utf-8", "replace"), markup=False, soft_wrap=True)


@app.command()
def replay(places: Places = None, everything: All = False) -> None:
    """Sends messages to their topics again."""

    async def run(queue: DeadLetterQueue, topics: Sequence[Any]) -> int:
        letters = _chosen(await queue.pending(topics), places, everything)
        await queue.replay(letters)
        return len(letters)

    console.print(f"replayed: {asyncio.run(_with_queue(run))}")


@app.command()
def discard(places: Places = None, everything: All = False) -> None:
    """Leaves messages out of the list. Kafka deletes them when their retention ends."""

    async def run(queue: DeadLetterQueue, topics: Sequence[Any]) -> int:
        letters = _chosen(await queue.pending(topics), places, everything)
        await queue.discard(letters)
        return len(letters)

    console.print(f"discarded: {asyncio.run(_with_queue(run))}")


async def _pending(queue: DeadLetterQueue, topics: Sequence[Any]) -> list[DeadLetter]:
    return await queue.pending(topics)


def _chosen(letters: Sequence[DeadLetter], places: Sequence[str] | None, everything: bool) -> list[DeadLetter]:
    if everything:
        return list(letters)
    found = {letter.place: letter for letter in letters}
    unknown = [place for place in places or [] if place not in found]
    if unknown or not places:
        console.print(f"no such dead letter: {', '.join(unknown)}" if unknown else "name some places, or use --all")
        raise typer.Exit(1)
    return [found[place] for place in places]


async def _with_queue(action: Any) -> Any:
    name = os.environ["SERVICE_NAME"]
    definition = importlib.import_module(f"services.{name}.main").app.state.definition
    settings = definition.read_settings()
    database = Database(settings)
    try:
        topics = definition.consumers.topics if definition.consumers else ()
        return await action(DeadLetterQueue(database, Kafka(settings), name), topics)
    finally:
        await database.close()


def main() -> None:
    """Runs the command line."""
    app()


if __name__ == "__main__":
    main()
