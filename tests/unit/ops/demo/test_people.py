"""The invented people, and the plan of their visits."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from ops.demo import plan
from ops.demo.people import identifier, person


def test_a_number_is_always_the_same_person() -> None:
    assert person(7) == person(7)
    people = [person(number) for number in range(2_000)]
    assert len({someone.email for someone in people}) == len(people)


def test_names_are_compared_by_their_lower_case() -> None:
    # The bulk import writes `name.lower()` where the service would fold case, accents and hyphens.
    for number in range(5_000):
        name = person(number).name
        assert unicodedata.normalize("NFKD", name.casefold()) == name.lower()
        assert name.replace(" ", "").isalpha()


def test_identifiers_are_uuids_of_version_7_in_order_of_registration() -> None:
    made = [identifier(number, kind) for number in range(100) for kind in (1, 2)]
    assert {one.version for one in made} == {7}
    assert len(set(made)) == len(made)
    patients = [identifier(number, 1) for number in range(100)]
    assert patients == sorted(patients)


@pytest.mark.parametrize("day", range(7))
def test_visits_are_in_working_hours_and_never_at_the_same_time(day: int) -> None:
    today = datetime(2026, 3, 2, 23, 30, tzinfo=UTC) + timedelta(days=day)
    visits = [visit for index in range(plan.PATIENTS) for visit in plan.visits(index, today)]
    starts = [visit.start for visit in visits]
    assert len(set(starts)) == len(starts)
    assert all(start.weekday() < 5 for start in starts)
    assert all(8 <= start.hour < 16 for start in starts)
    assert min(starts) > today + timedelta(hours=24)
    assert {visit.outcome for visit in visits} == {None, "complete", "cancel"}
    assert {visit.doctor for visit in visits} == {one.username for one in plan.ACCOUNTS if one.role == "DOCTOR"}
