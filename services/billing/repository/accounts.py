"""The SQL of patients' accounts. Never commits.

`owner` limits a statement to the account of one user; None is for callers who may see all accounts.
"""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.billing.entity import ACCOUNT, Account
from services.common.audit import Reading
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_COLUMNS = {column.name: bindparam(column.name, type_=column.type) for column in ACCOUNT.c}
_OWNER = bindparam("owner", type_=ACCOUNT.c.owner_user_id.type)
_IS_PATIENTS = ACCOUNT.c.patient_id == _COLUMNS["patient_id"]
_OF_PATIENT = select(ACCOUNT).where(_IS_PATIENTS)
_BY_PATIENT = Statement(
    _OF_PATIENT.where(or_(_OWNER.is_(None), ACCOUNT.c.owner_user_id == _OWNER)), patient="patient_id"
)
_LOCKED = Statement(_OF_PATIENT.with_for_update())


def _upsert() -> Statement:
    new_owner = _COLUMNS["owner_user_id"]
    up_to_date = exists().where(_IS_PATIENTS, or_(new_owner.is_(None), ACCOUNT.c.owner_user_id == new_owner))
    # The condition is asked before the INSERT, because a conflict locks the row even when nothing changes.
    statement = insert(ACCOUNT).from_select(list(_COLUMNS), select(*_COLUMNS.values()).where(~up_to_date))
    known, new = ACCOUNT.c.owner_user_id, statement.excluded.owner_user_id
    return Statement(
        statement.on_conflict_do_update(
            index_elements=["patient_id"],
            set_={"owner_user_id": new},
            where=new.is_not(None) & known.is_distinct_from(new),
        ).returning(ACCOUNT.c.id)
    )


_UPSERT = _upsert()


class AccountRepository:
    """Accounts, in one transaction. A patient has at most one, so it is found by the patient's id."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, patient_id: UUID, owner: UUID | None, reading: Reading | None = None) -> Account | None:
        """Returns the account, to read it."""
        return await self._uow.one(_BY_PATIENT, Account, reading, patient_id=patient_id, owner=owner)

    async def get_for_update(self, patient_id: UUID) -> Account | None:
        """Returns the account and locks it until the transaction ends."""
        return await self._uow.one(_LOCKED, Account, patient_id=patient_id)

    async def add_if_absent(self, account: Account) -> bool:
        """Writes a new account, its events and audit records, unless the patient has one. Returns whether it did."""
        return await self._uow.add_if_absent(ACCOUNT, account, "patient_id")

    async def upsert(self, account: Account) -> bool:
        """Writes a new account, or its owner to the patient's existing one. Returns whether it is new.

        `None` as the owner changes nothing. An account that needs no change is not locked.
        """
        return bool(await self._uow.value(_UPSERT, **asdict(account)) == account.id)

    def change(self, account: Account) -> None:
        """Writes a changed account."""
        self._uow.change(ACCOUNT, account)
