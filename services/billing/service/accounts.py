"""The use cases of patients' accounts and their rules."""

from __future__ import annotations

from uuid import UUID

from services.billing import mapper
from services.billing.access import STAFF
from services.billing.config import BillingSettings
from services.billing.entity import Account
from services.billing.repository.accounts import AccountRepository
from services.common.audit import Reading
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
        account = self._new(patient_id, owner_user_id)
        self._announce(account)
        if await self._accounts.add_if_absent(account):
            return account, True
        if owner_user_id is not None:
            await self.ensure(patient_id, owner_user_id)
        return await self.get(patient_id), False

    async def ensure(self, patient_id: UUID, owner_user_id: UUID | None) -> None:
        """Opens the patient's account, unless there is one.

        Any number of calls, in any order, open exactly one account. An owner who becomes known later, or changes, is
        stored in the existing account. Otherwise an existing account is neither changed nor locked.
        """
        account = self._new(patient_id, owner_user_id)
        if await self._accounts.upsert(account):
            self._announce(account)

    async def lock(self, patient_id: UUID) -> Account:
        """Returns the patient's account, locked until the transaction ends. Opens it if there is none."""
        account = await self._accounts.get_for_update(patient_id)
        if account is None:
            await self.ensure(patient_id, None)
            account = await self._accounts.get_for_update(patient_id)
        assert account is not None  # accounts are never deleted
        return account

    async def get(self, patient_id: UUID) -> Account:
        """Returns the account. Raises NotFound."""
        account = await self._accounts.get(patient_id, self._owner, Reading("read", RESOURCE))
        if account is None:
            hidden = await self._accounts.get(patient_id, None)
            await self._uow.not_found("read", RESOURCE, hidden.id if hidden else None, patient_id=patient_id)
        return account

    def change_balance(self, account: Account, amount_minor: int) -> None:
        """Adds to the balance of an account that is locked."""
        account.balance_minor += amount_minor
        account.version += 1
        self._accounts.change(account)

    def _new(self, patient_id: UUID, owner_user_id: UUID | None) -> Account:
        return Account(
            id=uuid7(),
            patient_id=patient_id,
            owner_user_id=owner_user_id,
            currency=self._settings.currency,
            balance_minor=0,
            version=1,
            opened_at=utc_now(),
        )

    def _announce(self, account: Account) -> None:
        self._uow.publish(mapper.account_opened_event(account))
        self._uow.record("open", RESOURCE, account.id, patient_id=account.patient_id)
