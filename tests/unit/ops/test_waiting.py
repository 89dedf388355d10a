"""Polling with a time limit."""

import time

import pytest

from ops.waiting import pauses, polls


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which only sleeping advances."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    return now


def test_polls_begin_at_once_and_end_in_time(clock: list[float]) -> None:
    assert [clock[0] for _ in polls(1.0, every=0.25)] == [0.0, 0.25, 0.5, 0.75]


def test_pauses_grow_to_a_limit_and_have_jitter(clock: list[float]) -> None:
    lengths = []
    for pause in pauses(60.0, first=0.1, longest=2.0):
        lengths.append(pause)
        time.sleep(pause)
    for number, pause in enumerate(lengths):
        least = min(0.1 * 2**number, 2.0)
        assert least <= pause <= 2 * least
    assert 60.0 <= clock[0] <= 64.0
