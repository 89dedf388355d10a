"""The SQL of patients' accounts. Never commits.

`owner` limits a statement to the account of one user; None is for callers who may see all accounts.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.billing.entity import Account


class AccountRepository:
    """Accounts, in one transaction. A patient has at most one, so it is found by the patient's id."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, patient_id: UUID, owner: UUID | None) -> Account | None:
        """Returns the account, to read it."""
        statement = _of_patient(patient_id)
        if owner is not None:
            statement = statement.where(Account.owner_user_id == owner)
        return await self._session.scalar(statement)

    async def get_for_update(self, patient_id: UUID) -> Account | None:
        """Returns the account and locks it until the transaction ends."""
        return await self._session.scalar(_of_patient(patient_id).with_for_update())

    async def add(self, account: Account) -> Account | None:
        """Writes a new account and returns it, or None when the patient has one. Several callers may try at once."""
        values = {column.key: getattr(account, column.key) for column in Account.__table__.columns}
        statement = insert(Account).values(values).on_conflict_do_nothing(index_elements=["patient_id"])
        return await self._session.scalar(statement.returning(Account))


def _of_patient(patient_id: UUID) -> Select[Account]:
    return select(Account).where(Account.patient_id == patient_id)
