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
from rich.text import Text

from services.common.database import Database
from services.common.messaging.dead_letters import DeadLetter, DeadLetterQueue, OriginalGone
from services.common.messaging.kafka import Kafka

app = typer.Typer(help="Messages that this service could not process.", no_args_is_help=True)
console = Console(width=160)
Places = Annotated[list[str] | None, typer.Argument(help="topic/partition/offset, as `list` prints it")]
COLUMNS = ("reason", "error", "attempts", "at")
LONGEST_CELL = 80
All = Annotated[bool, typer.Option("--all", help="all that are listed")]


@app.command("list")
def list_() -> None:
    """Lists the messages that were neither replayed nor discarded."""
    letters = asyncio.run(_with_queue(_pending))
    _print(_table(letters) if letters else "none")


@app.command()
def show(place: str) -> None:
    """Prints a message. It may contain personal data."""

    async def run(queue: DeadLetterQueue, topics: Sequence[Any]) -> None:
        for letter in _chosen(await queue.pending(topics), [place], everything=False):
            for name, value in letter.about.items():
                _print(f"{name}: {value}")
            try:
                message = await queue.original(letter)
            except OriginalGone as gone:
                _print(str(gone))
                raise typer.Exit(1) from None
            _print(_text(message.value))

    asyncio.run(_with_queue(run))


@app.command()
def replay(places: Places = None, everything: All = False) -> None:
    """Sends messages to their topics again."""

    async def run(queue: DeadLetterQueue, topics: Sequence[Any]) -> None:
        letters = _chosen(await queue.pending(topics), places, everything)
        failed = await queue.replay(letters)
        _print(f"replayed: {len(letters) - len(failed)}")
        for place, reason in failed.items():
            _print(f"not replayed: {place}: {reason}")
        if failed:
            raise typer.Exit(1)

    asyncio.run(_with_queue(run))


@app.command()
def discard(places: Places = None, everything: All = False) -> None:
    """Leaves messages out of the list. Kafka deletes them when their retention ends."""

    async def run(queue: DeadLetterQueue, topics: Sequence[Any]) -> None:
        letters = _chosen(await queue.pending(topics), places, everything)
        await queue.discard(letters)
        _print(f"discarded: {len(letters)}")

    asyncio.run(_with_queue(run))


async def _pending(queue: DeadLetterQueue, topics: Sequence[Any]) -> list[DeadLetter]:
    return await queue.pending(topics)


def _chosen(letters: Sequence[DeadLetter], places: Sequence[str] | None, everything: bool) -> list[DeadLetter]:
    if everything:
        return list(letters)
    found = {letter.place: letter for letter in letters}
    unknown = [place for place in places or [] if place not in found]
    if unknown or not places:
        _print(f"no such dead letter: {', '.join(unknown)}" if unknown else "name some places, or use --all")
        raise typer.Exit(1)
    return [found[place] for place in dict.fromkeys(places)]


def _table(letters: Sequence[DeadLetter]) -> Table:
    table = Table("place", "key", *COLUMNS, box=None)
    for letter in letters:
        key = f"sha256:{letter.about.get('key-sha256', '')}" if letter.is_reference else _text(letter.message.key)
        cells = (letter.place, key, *(letter.about.get(name, "") for name in COLUMNS))
        table.add_row(*(Text(_printable(cell)[:LONGEST_CELL]) for cell in cells))
    return table


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")


def _print(output: str | Table) -> None:
    """Prints a message's content as it is: not as Rich's markup, and without control characters for the terminal."""
    text = _printable(output) if isinstance(output, str) else output
    console.print(text, markup=False, highlight=False, soft_wrap=isinstance(output, str))


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() or one in "\n\t" else one.encode("unicode_escape").decode() for one in text)


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
