"""Until when a cancellation is free, and who causes a change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from services.appointment.cancellation import Terms, cause
from services.common.errors import Forbidden
from services.common.security.principal import SYSTEM, Principal
from services.contracts.events import CausedBy
from services.contracts.roles import Role

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TERMS = Terms(window=DAY, grace=30 * MINUTE)
PATIENT, CLINIC = CausedBy.PATIENT, CausedBy.CLINIC


@pytest.mark.parametrize(
    ("ahead", "free_for"),
    [
        (7 * DAY, 6 * DAY),
        (DAY + HOUR, HOUR),
        (DAY, 30 * MINUTE),  # the grace period
        (2 * HOUR, 30 * MINUTE),
        (10 * MINUTE, 10 * MINUTE),  # not beyond the start
    ],
)
def test_a_new_appointment_is_free_until_the_window_and_for_the_grace_period(
    ahead: timedelta, free_for: timedelta
) -> None:
    assert TERMS.free_until(NOW + ahead, NOW) == NOW + free_for


@pytest.mark.parametrize(
    ("free_for", "ahead", "expected"),
    [
        (6 * DAY, 14 * DAY, 13 * DAY),
        (6 * DAY, 2 * HOUR, 30 * MINUTE),  # a mistake can be taken back
        (5 * MINUTE, 2 * HOUR, 5 * MINUTE),  # but a move prolongs nothing
        (-HOUR, 14 * DAY, -HOUR),  # late stays late
        (6 * DAY, 10 * MINUTE, 10 * MINUTE),  # not beyond the start
    ],
)
def test_a_patients_own_move_does_not_avoid_the_fee(free_for: timedelta, ahead: timedelta, expected: timedelta) -> None:
    assert TERMS.free_until_after_own_move(NOW + ahead, NOW + free_for, NOW) == NOW + expected


@pytest.mark.parametrize(("ahead", "free_for"), [(14 * DAY, 13 * DAY), (36 * HOUR, DAY), (2 * HOUR, 2 * HOUR)])
def test_after_the_clinics_move_the_patient_has_as_long_as_the_window(ahead: timedelta, free_for: timedelta) -> None:
    assert TERMS.free_until_after_clinics_move(NOW + ahead, NOW) == NOW + free_for


def _caller(subject: UUID, *roles: Role) -> Principal:
    return Principal(subject, frozenset(roles), frozenset(), "", NOW)


def test_on_their_own_appointment_everybody_is_the_patient() -> None:
    me = uuid4()
    for roles in ((Role.PATIENT,), (Role.DOCTOR, Role.ADMIN), (Role.STAFF,)):
        assert cause(_caller(me, *roles), me, None) is PATIENT
        assert cause(_caller(me, *roles), me, PATIENT) is PATIENT
        with pytest.raises(Forbidden):
            cause(_caller(me, *roles), me, CLINIC)


@pytest.mark.parametrize("owner", [None, uuid4()], ids=["without an account", "with one"])
@pytest.mark.parametrize(("said", "expected"), [(None, CLINIC), (CLINIC, CLINIC), (PATIENT, PATIENT)])
def test_others_act_for_the_clinic_unless_they_say_otherwise(
    owner: UUID | None, said: CausedBy | None, expected: CausedBy
) -> None:
    for principal in (SYSTEM, _caller(uuid4(), Role.DOCTOR), _caller(uuid4(), Role.STAFF)):
        assert cause(principal, owner, said) is expected
