"""Patients are found: filters, orders, pages, and plans of statements that do not read the whole table."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.audit import Reading
from services.common.paging import PageRequest
from services.common.runtime import Runtime
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.patient import mapper, search
from services.patient.dto import PatientQuery
from tests.integration.callers import items_of_all_pages
from tests.integration.patient.conftest import Caller

PEOPLE = [
    ("Ada Lovelace", "1915-12-10"),
    ("Émile Zola", "1940-04-02"),
    ("Jonathan Smith", "1970-01-01"),
    ("Jon Snow", "1970-01-01"),
    ("Smilla Jaspersen", "1980-05-05"),
    ("Siobhán O'Neill-Roth", "1961-06-06"),
    ("Maria del Carmen Ortiz", "1999-09-09"),
]


@pytest.fixture
async def people(staff: Caller) -> list[dict[str, Any]]:
    return [
        await staff.register(name=name, dob=dob, email=f"{name.split()[-1].lower()}@example.org")
        for name, dob in PEOPLE
    ]


async def names(caller: Caller, **params: Any) -> list[str]:
    response = await caller.request("GET", params=params)
    assert response.status_code == 200, response.text
    return [item["name"] for item in response.json()["items"]]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"name": "jon"}, ["Jon Snow", "Jonathan Smith"]),
        ({"name": "SMI"}, ["Jonathan Smith", "Smilla Jaspersen"]),
        ({"name": "emile"}, ["Émile Zola"]),
        ({"name": "ÉMILE Z"}, ["Émile Zola"]),
        ({"name": "ithan"}, []),
        ({"name": "o'n"}, ["Siobhán O'Neill-Roth"]),
        ({"name": "roth"}, ["Siobhán O'Neill-Roth"]),
        ({"name": "%"}, []),
        ({"name": "_"}, []),
        ({"email": "LOVELACE@example.org"}, ["Ada Lovelace"]),
        ({"email": "ada"}, []),
        ({"dob": "1970-01-01", "sort": "name"}, ["Jon Snow", "Jonathan Smith"]),
        ({"dob": "1970-01-01", "name": "jonathan"}, ["Jonathan Smith"]),
        ({"q": "jonathon smiht"}, ["Jonathan Smith"]),
        ({"q": "lovelase"}, ["Ada Lovelace"]),
        ({"q": "zola@"}, ["Émile Zola"]),
        ({"q": "oneill"}, ["Siobhán O'Neill-Roth"]),
        ({"q": "zzzz"}, []),
    ],
)
async def test_patients_are_found(staff: Caller, params: dict[str, str], expected: list[str]) -> None:
    assert await names(staff, **params) == expected


@pytest.mark.parametrize("written", ["ada@münchen.example", "ADA@xn--mnchen-3ya.example"])
async def test_an_email_address_is_found_however_its_domain_is_written(staff: Caller, written: str) -> None:
    await staff.register(name="Somebody", email="Ada@München.example")
    assert await names(staff, email=written) == ["Somebody"]


@pytest.mark.parametrize(("typed", "name"), [("isik", "Aylin Işık"), ("dorde", "Đorđe Łukasz"), ("SOREN", "Sørensen")])  # noqa: RUF001
async def test_names_are_found_without_the_letters_of_other_languages(staff: Caller, typed: str, name: str) -> None:
    await staff.register(name=name)
    await staff.register(name="Somebody Else")
    assert await names(staff, name=typed) == [name]


@pytest.mark.parametrize("more", [{}, {"sort": "name"}], ids=str)
@pytest.mark.parametrize("typed", ["anna-lena.o'hara@ex", "Anna-Lena.O'HARA"])
async def test_an_email_address_is_found_by_its_beginning(staff: Caller, typed: str, more: dict[str, str]) -> None:
    await staff.register(name="Somebody", email="Anna-Lena.O'Hara@example.org")
    assert await names(staff, q=typed, **more) == ["Somebody"]


@pytest.mark.usefixtures("people")
async def test_the_best_match_comes_first(staff: Caller) -> None:
    assert (await names(staff, q="jon snow"))[0] == "Jon Snow"


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "params", [{}, {"sort": "name"}, {"sort": "-name"}, {"sort": "-dob"}, {"q": "jon"}, {"name": "j"}]
)
async def test_pages_contain_every_record_once_in_order(staff: Caller, params: dict[str, str]) -> None:
    whole = await names(staff, **params)
    found = await items_of_all_pages(lambda page: staff.request("GET", params=page), **params, limit=1)
    seen = [item["name"] for item in found]
    assert seen == whole
    assert len(seen) == len(set(seen)) >= 2


@pytest.mark.usefixtures("people")
async def test_a_registration_between_two_pages_repeats_and_hides_nothing(staff: Caller) -> None:
    first = (await staff.request("GET", params={"sort": "name", "limit": 3})).json()
    await staff.register(name="Aaron Aardvark")
    rest = await names(staff, sort="name", cursor=first["next_cursor"])
    assert len({item["name"] for item in first["items"]} | set(rest)) == 7


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": 10**9},
        {"limit": "x"},
        {"cursor": "forged"},
        {"cursor": "WyJuYW1lIiwieCIsInkiXQ"},
        {"sort": "password"},
        {"dob": "1990-02-30"},
        {"dob": "1990"},
        {"dob": ["1990-01-01", "1990-01-02"]},
        {"sort": ["name", "name"]},
        {"owner_user_id": "x"},
        {"name": ""},
        {"q": "x" * 201},
    ],
    ids=str,
)
async def test_invalid_parameters_are_rejected(staff: Caller, params: dict[str, Any]) -> None:
    assert (await staff.request("GET", params=params)).status_code == 422


async def test_a_cursor_of_another_order_is_rejected(staff: Caller, people: list[dict[str, Any]]) -> None:
    page = (await staff.request("GET", params={"sort": "name", "limit": 1})).json()
    answer = await staff.request("GET", params={"sort": "-name", "cursor": page["next_cursor"]})
    assert answer.status_code == 422


FILL = """
    INSERT INTO patient (id, name, email, dob, registered_at, name_key, version, updated_at)
    SELECT gen_random_uuid(), initcap(key), 'p' || n || '@example.org', date '1930-01-01' + (n * 7919) % 34000,
           now() - n * interval '1 minute', key, 1, now()
    FROM (SELECT n, 'first' || (n * 31) % 997 || ' last' || (n * 17) % 4999 AS key
          FROM generate_series(1, 20000) n) names
"""
INDEXED = {
    "newest": {},
    "by name": {"sort": "name"},
    "by birth": {"sort": "-dob"},
    "prefix": {"name": "first12"},
    "family name": {"name": "last123"},
    "e-mail": {"email": "p77@example.org"},
    "birthday": {"dob": "1950-05-05"},
    "similar": {"q": "frist12 last3344"},
}


async def test_no_list_or_search_reads_the_whole_table(staff: Caller, runtime: Runtime[Any, Any]) -> None:
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch(FILL)
        await uow.fetch("ANALYZE patient")
        # The planner uses an index if there is one, although a sequential scan of so few rows may be faster.
        await uow.fetch("SET LOCAL enable_seqscan = off", transactional=True)
        for what, params in INDEXED.items():
            plan = await _plan(uow, params)
            assert "Seq Scan" not in plan, f"{what}: {plan}"


async def _plan(uow: UnitOfWork, params: dict[str, str]) -> str:
    """Returns the plan of the statement that a list with these parameters runs."""
    calls: list[tuple[str, list[Any]]] = []

    class Recorder:
        async def all(self, statement: Statement, _: Any, **values: Any) -> Any:
            calls.append((statement.sql, statement.arguments(values)))
            raise StopAsyncIteration

        async def page(self, statement: Statement, _: Any, *__: Any, **values: Any) -> Any:
            await self.all(statement, _, **values)

    query = PatientQuery.model_validate(params)
    with pytest.raises(StopAsyncIteration):
        await search.PatientSearch(Recorder()).page(  # type: ignore[arg-type]
            mapper.patient_filter(query), None, PageRequest(), Reading("list", "patient")
        )
    ((sql, arguments),) = calls
    return "\n".join(row[0] for row in await uow.fetch(f"EXPLAIN {sql}", *arguments))
