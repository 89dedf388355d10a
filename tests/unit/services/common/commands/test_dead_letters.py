"""The command line for dead letters: one strange letter must not hide the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from typer.testing import CliRunner

from services.common.commands import dead_letters
from services.common.messaging.dead_letters import DeadLetter, DeadLetterQueue, OriginalGone, _letter

runner = CliRunner()
ABOUT = {"consumer": "test", "topic": "pms.user.v1", "partition": "0", "offset": "7", "attempts": "1", "at": "now"}
REASON = {**ABOUT, "reason": "failed", "error": "RuntimeError"}


def letter(
    offset: int,
    key: bytes | None = b"k",
    value: bytes | None = b"v",
    about: dict[str, str | None] = REASON,
) -> DeadLetter:
    headers = tuple((f"dlq-{name}", None if text is None else text.encode()) for name, text in about.items())
    return _letter(ConsumerRecord("pms.user.v1.dlq", 0, offset, 0, 0, key, value, None, -1, -1, headers))


class Queue(DeadLetterQueue):
    """Has these letters; sends nothing."""

    def __init__(self, letters: Sequence[DeadLetter], gone: Sequence[str] = ()) -> None:
        self._letters = letters
        self._gone = gone
        self.discarded: list[str] = []

    async def pending(self, topics: Any) -> list[DeadLetter]:
        return list(self._letters)

    async def original(self, letter: DeadLetter) -> ConsumerRecord:
        if letter.place in self._gone:
            raise OriginalGone("its message has expired")
        return letter.message

    async def replay(self, letters: Sequence[DeadLetter]) -> dict[str, str]:
        return {letter.place: "its message has expired" for letter in letters if letter.place in self._gone}

    async def discard(self, letters: Sequence[DeadLetter]) -> None:
        self.discarded += [letter.place for letter in letters]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    def invoke(queue: Queue, *arguments: str) -> Any:
        async def with_queue(action: Any) -> Any:
            return await action(queue, ())

        monkeypatch.setattr(dead_letters, "_with_queue", with_queue)
        return runner.invoke(dead_letters.app, list(arguments))

    return invoke


STRANGE = {
    "markup in the key": letter(1, key=b"[/red] [bold]"),
    "no key": letter(1, key=None),
    "a key that is not UTF-8": letter(1, key=b"\xff\xfe"),
    "a key that moves the cursor": letter(1, key=b"\x1b[2J\x1b[1;1H"),
    "a large key": letter(1, key=b"k" * 1_000_000),
    "no reason": letter(1, about=ABOUT),
    "no headers but the consumer": letter(1, about={"consumer": "test"}),
    "null headers": letter(1, about=dict.fromkeys(REASON)),
    "markup in the reason": letter(1, about={**REASON, "reason": "[/x]", "error": "[link="}),
    "no value": letter(1, value=None),
    "markup in the value": letter(1, value=b"[/red] \x1b[2J"),
    "a reference": letter(
        1, key=None, value=b"", about={**REASON, "left-out": "MessageSizeTooLargeError", "size": "9"}
    ),
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
def test_a_strange_letter_is_listed_and_shown_beside_the_others(run: Any, strange: DeadLetter) -> None:
    queue = Queue([letter(0), strange, letter(2)])
    listed = run(queue, "list")
    assert listed.exit_code == 0, listed.exception
    for number in range(3):
        assert f"pms.user.v1.dlq/0/{number}" in listed.output
    shown = run(queue, "show", strange.place)
    assert shown.exit_code == 0, shown.exception
    assert "\x1b" not in listed.output + shown.output
    assert max(map(len, listed.output.splitlines())) <= 160


def test_content_is_shown_as_it_is(run: Any) -> None:
    queue = Queue([letter(0, key=b"[bold]k[/bold]", value=b'{"name": "[red]"}')])
    assert "[bold]k[/bold]" in run(queue, "list").output
    assert '{"name": "[red]"}' in run(queue, "show", "pms.user.v1.dlq/0/0").output


def test_a_place_that_does_not_exist_is_named(run: Any) -> None:
    for command in ("show", "replay", "discard"):
        result = run(Queue([letter(0)]), command, "[/red]/0/0")
        assert result.exit_code == 1
        assert "no such dead letter: [/red]/0/0" in result.output


def test_a_place_given_twice_is_handled_once(run: Any) -> None:
    queue = Queue([letter(0)])
    assert "discarded: 1" in run(queue, "discard", "pms.user.v1.dlq/0/0", "pms.user.v1.dlq/0/0").output
    assert queue.discarded == ["pms.user.v1.dlq/0/0"]


def test_a_message_that_has_expired_is_named_and_the_others_are_replayed(run: Any) -> None:
    queue = Queue([letter(0), letter(1), letter(2)], gone=["pms.user.v1.dlq/0/1"])
    result = run(queue, "replay", "--all")
    assert result.exit_code == 1
    assert "replayed: 2" in result.output
    assert "not replayed: pms.user.v1.dlq/0/1: its message has expired" in result.output
    shown = run(queue, "show", "pms.user.v1.dlq/0/1")
    assert shown.exit_code == 1
    assert "its message has expired" in shown.output
