"""The use cases of patients' accounts and their rules."""

from __future__ import annotations

from uuid import UUID

from services.billing import mapper
from services.billing.access import STAFF
from services.billing.config import BillingSettings
from services.billing.entity import Account
from services.billing.repository.accounts import AccountRepository
from services.common.clock import utc_now
from services.common.errors import Forbidden
from services.common.identifiers import uuid7
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork

RESOURCE = "account"


class AccountService:
    """Patients' accounts, for one caller in one transaction."""

    def __init__(
        self, principal: Principal, uow: UnitOfWork, settings: BillingSettings, accounts: AccountRepository
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._accounts = accounts
        self._owner = principal.owner_limit(*STAFF)

    async def open(self, patient_id: UUID, owner_user_id: UUID | None) -> tuple[Account, bool]:
        """Opens an account for a caller, or reads the existing one. Returns it, and whether it is new.

        Raises Forbidden when a PATIENT names another owner than themselves, and NotFound when the existing account is
        not visible to the caller.
        """
        if self._owner is not None:
            if owner_user_id != self._owner:
                raise Forbidden
            # Only the patient service knows who owns a patient's record, and its event says so. If a patient's own call
            # decided it, anybody could become the owner of another patient's account.
            owner_user_id = None
        account, created = await self.ensure(patient_id, owner_user_id)
        if not created:
            account = await self.get(patient_id)
        return account, created

    async def ensure(self, patient_id: UUID, owner_user_id: UUID | None) -> tuple[Account, bool]:
        """Returns the patient's account, locked until the transaction ends, and whether it is new.

        Any number of calls, in any order, open exactly one account. An owner who becomes known later, or changes, is
        stored in the existing account.
        """
        account = await self._accounts.add(
            Account(
                id=uuid7(),
                patient_id=patient_id,
                owner_user_id=owner_user_id,
                currency=self._settings.currency,
                balance_minor=0,
                version=1,
                opened_at=utc_now(),
            )
        )
        if account is not None:
            self._uow.publish(mapper.account_opened_event(account))
            self._uow.record("open", RESOURCE, account.id, patient_id=patient_id)
            return account, True
        account = await self.lock(patient_id)
        if owner_user_id is not None:
            account.owner_user_id = owner_user_id
        return account, False

    async def lock(self, patient_id: UUID) -> Account:
        """Returns the existing account of a patient, locked until the transaction ends."""
        account = await self._accounts.get_for_update(patient_id)
        assert account is not None  # accounts are never deleted
        return account

    async def get(self, patient_id: UUID) -> Account:
        """Returns the account. Raises NotFound."""
        account = await self._accounts.get(patient_id, self._owner)
        if account is None:
            hidden = await self._accounts.get(patient_id, None)
            await self._uow.not_found("read", RESOURCE, hidden.id if hidden else None, patient_id=patient_id)
        self._uow.record("read", RESOURCE, account.id, patient_id=patient_id)
        return account
