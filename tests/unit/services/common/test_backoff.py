"""Pauses between tries grow up to a limit, and vary."""

from services.common.backoff import Backoff, jittered


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first=1.0, longest=5.0)
    for nominal in (1.0, 2.0, 4.0, 5.0, 5.0):
        assert 0.8 * nominal <= backoff.next() <= 1.2 * nominal


def test_after_a_reset_the_first_pause_comes_again() -> None:
    backoff = Backoff(first=1.0, longest=8.0)
    for _ in range(3):
        backoff.next()
    backoff.reset()
    assert backoff.next() <= 1.2


def test_pauses_differ() -> None:
    assert len({jittered(1.0, spread=0.5) for _ in range(20)}) > 1
