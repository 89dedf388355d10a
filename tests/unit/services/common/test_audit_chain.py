"""What a seal covers, and which anchors follow each other."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.common import tables
from services.common.audit_chain import _DIGEST, EVERYTHING, NOTHING, Seal, _before

SEAL = Seal(7, 1, "5:5:", "9:9:", 42, datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), b"")
PREVIOUS, DIGEST = b"p" * 32, b"d" * 32


def test_a_seal_covers_every_column_of_a_record() -> None:
    missing = [column.name for column in tables.audit_log.c if f"log.{column.name}" not in _DIGEST]
    assert missing == []


@pytest.mark.parametrize(
    "other",
    [
        Seal(8, 1, "5:5:", "9:9:", 42, SEAL.sealed_at),
        Seal(7, 2, "5:5:", "9:9:", 42, SEAL.sealed_at),
        Seal(7, 1, "4:5:4", "9:9:", 42, SEAL.sealed_at),
        Seal(7, 1, "5:5:", "9:10:9", 42, SEAL.sealed_at),
        Seal(7, 1, "5:5:", "9:9:", 43, SEAL.sealed_at),
        Seal(7, 1, "5:5:", "9:9:", 42, SEAL.sealed_at + timedelta(microseconds=1)),
    ],
)
def test_every_column_of_a_seal_changes_its_hash(other: Seal) -> None:
    assert other.linked(PREVIOUS, DIGEST) != SEAL.linked(PREVIOUS, DIGEST)


def test_a_seals_hash_depends_on_what_it_seals_and_not_on_the_time_zone() -> None:
    made = SEAL.linked(PREVIOUS, DIGEST)
    assert SEAL.linked(DIGEST, DIGEST) != made
    assert SEAL.linked(PREVIOUS, PREVIOUS) != made
    elsewhere = SEAL.sealed_at.astimezone(timezone(timedelta(hours=2)))
    assert Seal(7, 1, "5:5:", "9:9:", 42, elsewhere).linked(PREVIOUS, DIGEST) == made


@pytest.mark.parametrize(
    ("era", "after", "follows"),
    [(1, "9:9:", True), (1, "8:8:", False), (2, NOTHING, False), (2, "9:9:", False)],
)
def test_a_batch_begins_where_the_one_before_ended(era: int, after: str, follows: bool) -> None:
    assert Seal(8, era, after, "12:12:", 50, SEAL.sealed_at).follows(SEAL) == follows


@pytest.mark.parametrize(("era", "after", "follows"), [(2, NOTHING, True), (1, EVERYTHING, False), (3, NOTHING, False)])
def test_after_the_end_of_an_era_the_next_one_begins(era: int, after: str, follows: bool) -> None:
    end = Seal(7, 1, "5:5:", EVERYTHING, 42, SEAL.sealed_at)
    assert Seal(8, era, after, "12:12:", 50, SEAL.sealed_at).follows(end) == follows


@pytest.mark.parametrize(
    ("snapshot", "end", "before"),
    [
        ("20:20:", 10, "10:10:"),
        ("5:20:5,12", 10, "5:10:5"),
        ("12:20:12", 10, "10:10:"),
        (EVERYTHING, 10, "10:10:"),
    ],
)
def test_a_shorter_snapshot_sees_what_the_longer_one_sees(snapshot: str, end: int, before: str) -> None:
    assert _before(snapshot, end) == before
