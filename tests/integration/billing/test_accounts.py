"""An account is opened once, by a call or by an event, and belongs to the patient's owner."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest

from services.billing.composition import account_service
from services.billing.config import BillingSettings
from services.billing.consumers import handlers
from services.common.runtime import Runtime
from services.common.security.principal import SYSTEM
from services.contracts.events import AccountOpened
from services.contracts.proto import billing_v1_pb2 as messages
from services.contracts.proto import billing_v1_pb2_grpc
from services.contracts.roles import Role
from tests.integration.conftest import MakeSettings
from tests.integration.effects import audit_records, published_events
from tests.integration.events import registered, tell

Open = Callable[..., Any]
VERSION_OF_THE_ROW = "SELECT xmin, xmax, ctid FROM account WHERE patient_id = $1"


@pytest.fixture
async def settings(settings_without_broker: MakeSettings) -> BillingSettings:
    made: BillingSettings = await settings_without_broker("billing", BillingSettings)
    return made


@pytest.fixture
def open_account(channel: grpc.aio.Channel, caller: Callable[..., Any]) -> Open:
    """`await open_account(patient_id)` opens the patient's account by a call of STAFF."""
    stub, staff = billing_v1_pb2_grpc.BillingServiceStub(channel), caller(Role.STAFF)

    async def call(patient_id: UUID, owner: UUID | None = None) -> messages.CreateBillingAccountResponse:
        owner_user_id = str(owner) if owner else None
        request = messages.CreateBillingAccountRequest(patient_id=str(patient_id), owner_user_id=owner_user_id)
        answer: messages.CreateBillingAccountResponse = await stub.CreateBillingAccount(
            request, metadata=staff.metadata
        )
        return answer

    return call


async def _rows(runtime: Runtime[Any, Any], sql: str, *arguments: Any) -> Sequence[Any]:
    async with runtime.database.unit_of_work() as uow:
        return [tuple(row) for row in await uow.fetch(sql, *arguments)]


async def _ensure(runtime: Runtime[Any, Any], patient_id: UUID, owner: UUID | None) -> None:
    async with runtime.database.unit_of_work() as uow:
        await account_service(SYSTEM, uow, runtime).ensure(patient_id, owner)


async def test_calls_and_events_at_once_open_one_account(runtime: Runtime[Any, Any], open_account: Open) -> None:
    patient = uuid4()
    answers = await asyncio.gather(
        *(open_account(patient) for _ in range(10)),
        *(tell(handlers, runtime, registered(patient)) for _ in range(10)),
    )
    opened = [answer for answer in answers if answer is not None]
    (event,) = await published_events(runtime)
    assert isinstance(event, AccountOpened)
    assert {answer.account.id for answer in opened} == {str(event.account_id)}
    actions = [(row.action, row.resource_id, row.patient_ids) for row in await audit_records(runtime)]
    created = sum(answer.created for answer in opened)
    assert created <= 1
    reads = [("read", str(event.account_id), [patient])] * (10 - created)
    assert sorted(actions) == [("open", str(event.account_id), [patient]), *reads]


@pytest.mark.parametrize("owner", [None, uuid4()])
async def test_an_account_that_is_up_to_date_is_neither_changed_nor_locked(
    runtime: Runtime[Any, Any], open_account: Open, owner: UUID | None
) -> None:
    patient, known = uuid4(), owner or uuid4()
    assert (await open_account(patient, known)).created
    before = await _rows(runtime, VERSION_OF_THE_ROW, patient)
    await tell(handlers, runtime, registered(patient, owner_user_id=owner))
    assert await _rows(runtime, VERSION_OF_THE_ROW, patient) == before
    assert len(await published_events(runtime)) == 1


async def test_the_owner_is_stored_when_they_become_known_and_when_they_change(
    runtime: Runtime[Any, Any], open_account: Open
) -> None:
    patient, owners = uuid4(), [uuid4(), uuid4(), uuid4()]
    await open_account(patient)
    for owner in owners[:2]:
        await tell(handlers, runtime, registered(patient, owner_user_id=owner))
        assert await _rows(runtime, "SELECT owner_user_id, version FROM account") == [(owner, 1)]
    assert not (await open_account(patient, owners[2])).created
    assert await _rows(runtime, "SELECT owner_user_id, version FROM account") == [(owners[2], 1)]


async def test_an_event_locks_the_account_of_its_patient_only(runtime: Runtime[Any, Any]) -> None:
    """Several events share a transaction, so more locks could end in a circle."""
    patients = [uuid4() for _ in range(3)]
    for patient in patients:
        await _ensure(runtime, patient, None)
    async with runtime.database.unit_of_work() as uow:
        await account_service(SYSTEM, uow, runtime).ensure(patients[0], uuid4())
        await asyncio.wait_for(_ensure(runtime, patients[1], uuid4()), 5)
        await asyncio.wait_for(_ensure(runtime, uuid4(), None), 5)
        locked = uow.fetch("SELECT 1 FROM account WHERE patient_id = $1 FOR UPDATE NOWAIT", patients[2])
        assert len(await locked) == 1
