"""The ledger: it is balanced after any sequence of charges and payments, and rejects what is wrong."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, TypeVar, cast
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from services.billing.composition import (
    BillingRuntime,
    account_service,
    charge_service,
    correction_service,
    invoice_service,
)
from services.billing.config import BillingSettings
from services.billing.entity import JOURNAL_ENTRY, POSTING, JournalEntry, PaymentMethod, Posting
from services.common.clock import utc_now
from services.common.database import Database
from services.common.errors import Conflict
from services.common.etags import Condition
from services.common.runtime import Runtime
from services.common.security.principal import SYSTEM, Principal
from services.contracts.events import InvoiceReason
from services.contracts.roles import Role, scopes_of
from tests.integration.conftest import MakeSettings

S = TypeVar("S")
T = TypeVar("T")
PRICES = {InvoiceReason.VISIT: 12000, InvoiceReason.LATE_CANCELLATION: 3000, InvoiceReason.NO_SHOW: 5000}
BOOKS = """
    SELECT patient_id, balance_minor, sum(debit_minor) AS debits, sum(credit_minor) AS credits,
           sum(debit_minor - credit_minor) FILTER (WHERE ledger_account = 'RECEIVABLE') AS receivable,
           coalesce(sum(debit_minor - credit_minor) FILTER (WHERE ledger_account = 'CASH'), 0) AS cash,
           coalesce(sum(debit_minor - credit_minor) FILTER (WHERE ledger_account = 'REVENUE'), 0) AS revenue
    FROM account JOIN posting ON posting.account_id = account.id
    WHERE patient_id = ANY($1) GROUP BY account.id"""
STAFF = Principal(
    uuid4(), frozenset({Role.STAFF}), frozenset(scopes_of([Role.STAFF])), "test", utc_now() + timedelta(hours=1)
)


@dataclass
class Bill:
    """What the model knows of an appointment's invoice. `payments` holds what is left of each payment, by its id."""

    patient: UUID
    version: int
    total: int
    payments: dict[UUID, int] = field(default_factory=dict)

    @property
    def due(self) -> int:
        return self.total - sum(self.payments.values())


class Ledger(RuleBasedStateMachine):
    """Charges, pays and corrects at random. The model stores what each invoice is about and what is left of it."""

    appointments = Bundle("appointments")

    def __init__(self, settings: BillingSettings) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.settings = settings
        self.database = Database(settings)
        self.patients = [uuid4() for _ in range(3)]  # new ones for each example, because the ledger cannot be emptied
        self.bills: dict[UUID, Bill] = {}
        self.reversed: list[Bill] = []

    def teardown(self) -> None:
        self.run(self.database.close())
        self.loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(coroutine)

    def do(self, factory: Callable[..., S], call: Callable[[S], Awaitable[T]], principal: Principal = STAFF) -> T:
        async def in_one_transaction() -> T:
            async with self.database.unit_of_work() as uow:
                return await call(factory(principal, uow, _runtime(self.settings)))

        return self.run(in_one_transaction())

    @rule(target=appointments, number=st.integers(0, 2), reason=st.sampled_from(InvoiceReason))
    def charge(self, number: int, reason: InvoiceReason) -> UUID:
        appointment, bill = uuid4(), Bill(self.patients[number], 2, PRICES[reason])
        self._charge(appointment, bill, reason)
        self.bills[appointment] = bill
        return appointment

    @rule(appointment=appointments, reason=st.sampled_from(InvoiceReason))
    def charge_again(self, appointment: UUID, reason: InvoiceReason) -> None:
        self._charge(appointment, self.bills[appointment], reason)

    @rule(appointment=appointments, reason=st.sampled_from(InvoiceReason), tells=st.booleans())
    def reopen_and_charge(self, appointment: UUID, reason: InvoiceReason, tells: bool) -> None:
        """The event of the reopening may come too late, or twice."""
        former = self.bills[appointment]
        reopened, bill = former.version + 1, Bill(former.patient, former.version + 2, PRICES[reason])
        if tells:
            self._take_back(appointment, reopened)
        self._charge(appointment, bill, reason)
        self._take_back(appointment, reopened)
        former.total = 0
        self.reversed.append(former)
        self.bills[appointment] = bill

    def _charge(self, appointment: UUID, bill: Bill, reason: InvoiceReason) -> None:
        self.do(
            charge_service,
            lambda charges: charges.charge(reason, appointment, bill.patient, utc_now(), bill.version),
            SYSTEM,
        )

    def _take_back(self, appointment: UUID, version: int) -> None:
        self.do(charge_service, lambda charges: charges.take_back(appointment, version), SYSTEM)

    @rule(appointment=appointments, amount=st.integers(min_value=1, max_value=13000))
    def pay(self, appointment: UUID, amount: int) -> None:
        bill, invoice = self.bills[appointment], self._invoice_of(appointment)
        with _refused(amount > bill.due):
            payment, _ = self.do(invoice_service, lambda invoices: invoices.pay(invoice, amount, PaymentMethod.CARD))
            bill.payments[payment.id] = amount

    @rule(appointment=appointments, amount=st.integers(min_value=1, max_value=13000))
    def credit(self, appointment: UUID, amount: int) -> None:
        bill, invoice = self.bills[appointment], self._invoice_of(appointment)
        with _refused(amount > bill.total):
            self.do(correction_service, lambda corrections: corrections.credit(invoice, amount, "Too much."))
            bill.total -= amount

    @rule(appointment=appointments)
    def void(self, appointment: UUID) -> None:
        bill, invoice = self.bills[appointment], self._invoice_of(appointment)
        with _refused(not bill.total or bool(bill.payments)):
            self.do(correction_service, lambda corrections: corrections.void(invoice, "Mistake.", Condition(None)))
            bill.total = 0

    @rule(appointment=appointments, amount=st.integers(min_value=1, max_value=13000))
    def refund(self, appointment: UUID, amount: int) -> None:
        bill, invoice = self.bills[appointment], self._invoice_of(appointment)
        for payment, left in bill.payments.items():
            with _refused(amount > left):
                self.do(correction_service, lambda corrections: corrections.refund(invoice, payment, amount, "Back."))  # noqa: B023
                bill.payments[payment] -= amount

    def _invoice_of(self, appointment: UUID) -> UUID:
        return self.run(self._find(appointment))

    async def _find(self, appointment: UUID) -> UUID:
        of_appointment = "SELECT id FROM invoice WHERE appointment_id = $1 AND reversed_at IS NULL"
        async with self.database.unit_of_work() as uow:
            ((id,),) = await uow.fetch(of_appointment, appointment)
        return cast(UUID, id)

    @invariant()
    def books_balance(self) -> None:
        self.run(self._check())

    async def _check(self) -> None:
        async with self.database.unit_of_work() as uow:
            books = {row["patient_id"]: row for row in await uow.fetch(BOOKS, self.patients)}
        for patient in self.patients:
            bills = [bill for bill in [*self.bills.values(), *self.reversed] if bill.patient == patient]
            owed = sum(bill.due for bill in bills)
            if patient not in books:
                assert owed == 0
                continue
            assert books[patient]["debits"] == books[patient]["credits"]
            assert books[patient]["balance_minor"] == books[patient]["receivable"] == owed
            assert books[patient]["cash"] == sum(sum(bill.payments.values()) for bill in bills)
            assert -books[patient]["revenue"] == sum(bill.total for bill in bills)


def _refused(refused: bool) -> AbstractContextManager[Any]:
    return pytest.raises(Conflict) if refused else nullcontext()


async def test_the_books_balance_after_any_sequence_of_charges_payments_and_corrections(
    service_settings: MakeSettings,
) -> None:
    settings = await service_settings("billing", BillingSettings)
    await asyncio.to_thread(_run, settings)


def _run(settings: BillingSettings) -> None:
    machine = functools.partial(Ledger, settings)
    run_state_machine_as_test(machine, settings=hypothesis(max_examples=15, stateful_step_count=20))


async def test_an_entry_that_does_not_balance_is_rejected(service_settings: MakeSettings) -> None:
    settings = await service_settings("billing", BillingSettings)
    database = Database(settings)
    with pytest.raises(asyncpg.CheckViolationError, match="does not balance"):
        await _write_unbalanced(database, settings)
    await database.close()


async def test_charges_payments_corrections_and_owners_of_one_account_never_end_in_a_deadlock(
    service_settings: Callable[..., Awaitable[Any]],
) -> None:
    settings = await service_settings("billing", BillingSettings)
    database, patient = Database(settings), uuid4()

    async def charge(appointment: UUID) -> None:
        async with database.unit_of_work() as uow:
            charges = charge_service(SYSTEM, uow, _runtime(settings))
            await charges.charge(InvoiceReason.VISIT, appointment, patient, utc_now(), 2)

    async def pay(invoice: UUID) -> None:
        async with database.unit_of_work() as uow:
            await invoice_service(STAFF, uow, _runtime(settings)).pay(invoice, 100, PaymentMethod.CARD)

    async def credit(invoice: UUID) -> None:
        async with database.unit_of_work() as uow:
            await correction_service(STAFF, uow, _runtime(settings)).credit(invoice, 10, "Too much.")

    async def change_owner() -> None:
        async with database.unit_of_work() as uow:
            await account_service(SYSTEM, uow, _runtime(settings)).ensure(patient, uuid4())

    appointments = [uuid4() for _ in range(4)]
    await asyncio.gather(*map(charge, appointments * 2))
    async with database.unit_of_work() as uow:
        invoices = [row["id"] for row in await uow.fetch("SELECT id FROM invoice")]
    assert len(invoices) == len(appointments)
    for _ in range(10):
        more = [charge(id) for id in (*appointments, uuid4())]
        corrections = [*map(credit, invoices), change_owner(), change_owner()]
        await asyncio.gather(*map(pay, [*invoices, *invoices]), *more, *corrections)
    async with database.unit_of_work() as uow:
        ((balance,),) = await uow.fetch("SELECT balance_minor FROM account")
    assert balance == 14 * PRICES[InvoiceReason.VISIT] - 80 * 100 - 40 * 10
    await database.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE posting SET debit_minor = 1",
        "DELETE FROM journal_entry",
        "UPDATE refund SET amount_minor = 1",
        "DELETE FROM credit_note",
    ],
)
async def test_the_ledger_is_append_only(runtime: Runtime[Any, Any], statement: str) -> None:
    async with runtime.database.unit_of_work() as uow:
        with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
            await uow.fetch(statement)


def _runtime(settings: BillingSettings) -> BillingRuntime:
    """Returns what the factories of the services read of a runtime."""
    return cast(BillingRuntime, SimpleNamespace(settings=settings))


async def _write_unbalanced(database: Database, settings: BillingSettings) -> None:
    async with database.unit_of_work() as uow:
        account = await account_service(SYSTEM, uow, _runtime(settings)).lock(uuid4())
        entry = JournalEntry(id=uuid4(), kind="INVOICE", reference_id=uuid4(), recorded_at=utc_now())
        uow.add(JOURNAL_ENTRY, entry)
        for name, debit, credit in (("RECEIVABLE", 100, 0), ("REVENUE", 0, 99)):
            uow.add(POSTING, Posting(entry.id, name, account.id, debit_minor=debit, credit_minor=credit))
