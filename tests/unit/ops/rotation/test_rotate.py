"""The steps of a rotation: their order, when they are due, and what an interruption leaves."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ops.problems import Problem
from ops.rotation.delays import PUBLICATION_SECONDS, TOKEN_SECONDS, Delays
from ops.rotation.rotate import Rotation, Step
from ops.rotation.signing_keys import SigningKeys
from services.contracts.signing_keys import (
    ACCESS_TOKEN_SECONDS,
    KEY_SET_MAX_AGE_SECONDS,
    KEY_SET_REREAD_SECONDS,
    SigningAliases,
)
from tests.support.kms import Kms

ALIASES = SigningAliases("alias/test-signing")
DELAYS = Delays(publication=timedelta(minutes=6), tokens=timedelta(minutes=16))


class Interrupted(Exception):
    """Ctrl-C."""


class Interruptible(Kms):
    """Stops before one of its changes, once. `changes` counts them."""

    def __init__(self, stop_before: int | None = None) -> None:
        super().__init__(ALIASES)
        self.changes, self._stop_before = 0, stop_before
        for name in ("create_key", "update_alias", "disable_key", "tag_resource", "untag_resource"):
            setattr(self, name, self._counted(getattr(super(), name)))

    def _counted(self, change: Callable[..., Any]) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            if self.changes == self._stop_before:
                self._stop_before = None
                raise Interrupted
            self.changes += 1
            return change(**parameters)

        return call


def published(kms: Kms) -> set[str]:
    return {kms.behind(alias).token_id for alias in ALIASES}


def rotation(kms: Kms, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Rotation:
    return Rotation(SigningKeys(kms, ALIASES, clock), DELAYS, lambda: published(kms))


def due_step(made: Rotation) -> Step:
    step = made.next_step()
    assert step is not None
    return step


def steps(made: Rotation) -> Iterator[str]:
    while (step := made.next_step()) is not None:
        step.take()
        yield step.title


def test_a_key_is_published_then_signs_and_the_old_one_is_withdrawn_at_the_end() -> None:
    kms = Kms(ALIASES)
    old, made = kms.behind(ALIASES.current), rotation(kms)
    assert made.next_step() is None
    assert made.begin()
    new = kms.behind(ALIASES.next)
    assert kms.behind(ALIASES.current) is old
    assert published(kms) == {old.token_id, new.token_id}

    taken = steps(made)
    assert next(taken) == "see the new key in the published key set"
    assert kms.behind(ALIASES.current) is old
    assert next(taken) == "sign with the new key"
    assert kms.behind(ALIASES.current) is new
    assert published(kms) == {old.token_id, new.token_id}

    assert list(taken) == ["withdraw the old key"]
    assert published(kms) == {new.token_id}
    assert (old.enabled, new.enabled) == (False, True)


def test_each_step_waits_for_the_copies_of_the_one_before() -> None:
    moment = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    made = rotation(Kms(ALIASES), lambda: moment)
    made.begin()
    due_step(made).take()
    assert due_step(made).due == moment + DELAYS.publication
    due_step(made).take()
    assert due_step(made).due == moment + DELAYS.tokens


def test_the_usual_delays_cover_every_cache_and_the_life_of_a_token() -> None:
    assert PUBLICATION_SECONDS > KEY_SET_REREAD_SECONDS + KEY_SET_MAX_AGE_SECONDS
    assert TOKEN_SECONDS > ACCESS_TOKEN_SECONDS


def test_a_rotation_that_is_under_way_is_not_begun_again() -> None:
    kms = Kms(ALIASES)
    made = rotation(kms)
    made.begin()
    for _ in steps(made):
        if made.next_step() is not None:
            assert not made.begin()
    assert len(kms.keys) == 2


def test_a_run_that_is_interrupted_anywhere_can_be_repeated() -> None:
    whole = Interruptible()
    made = rotation(whole)
    made.begin()
    list(steps(made))
    assert whole.changes >= 6
    for stop_before in range(whole.changes):
        kms = Interruptible(stop_before)
        old, made = kms.behind(ALIASES.current), rotation(kms)
        with pytest.raises(Interrupted):
            _rotate(kms, made)
        signing = kms.behind(ALIASES.current)
        assert signing.enabled
        assert signing.token_id in published(kms)
        _rotate(kms, made)
        assert kms.behind(ALIASES.current) is not old
        assert published(kms) == {kms.behind(ALIASES.current).token_id}


def test_a_key_that_verifiers_do_not_see_does_not_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.rotation.rotate.polls", lambda *_, **__: iter((None, None)))
    kms = Kms(ALIASES)
    old = kms.behind(ALIASES.current)
    made = Rotation(SigningKeys(kms, ALIASES), DELAYS, lambda: {old.token_id})
    made.begin()
    with pytest.raises(Problem, match="the new key is not in"):
        due_step(made).take()
    assert due_step(made).title == "see the new key in the published key set"
    assert kms.behind(ALIASES.current) is old


def test_a_key_that_signs_for_the_second_time_keeps_its_last_tokens_valid() -> None:
    """An operator has pointed the next alias back to a former key, whose tag says when it was replaced."""
    kms, moment = Kms(ALIASES), [datetime(2031, 5, 6, tzinfo=UTC)]
    first = kms.behind(ALIASES.current)
    made = rotation(kms, lambda: moment[0])
    made.begin()
    list(steps(made))
    first.enabled = True
    kms.update_alias(AliasName=ALIASES.next, TargetKeyId=first.id)
    assert due_step(made).title == "see the new key in the published key set"
    list(steps(made))
    assert kms.behind(ALIASES.current) is first
    moment[0] += timedelta(days=90)
    made.begin()
    taken = steps(made)
    next(taken), next(taken)
    assert due_step(made).due == moment[0] + DELAYS.tokens


def _rotate(kms: Kms, made: Rotation) -> None:
    """What the command does, without the pauses."""
    made.begin()
    list(steps(made))
    assert kms.aliases.keys() == set(ALIASES)
