"""gRPC of the billing service: the contract is `contracts/proto/billing_v1.proto`."""

from __future__ import annotations

from typing import Any

import grpc

from services.billing import mapper
from services.billing.repository import BillingRepository
from services.billing.service import BillingService
from services.common.errors import Forbidden
from services.common.rpc.ids import uuid_of
from services.common.rpc.security import authorize
from services.common.runtime import Runtime
from services.common.unit_of_work import UnitOfWork
from services.contracts.proto import billing_v1_pb2 as messages
from services.contracts.proto import billing_v1_pb2_grpc
from services.contracts.roles import Role, Scope

_ROLES = (Role.STAFF, Role.ADMIN, Role.PATIENT)


def register(server: grpc.aio.Server, runtime: Runtime[Any, Any]) -> None:
    """Adds the service to the server."""
    billing_v1_pb2_grpc.add_BillingServiceServicer_to_server(BillingServicer(runtime), server)


class BillingServicer(billing_v1_pb2_grpc.BillingServiceServicer):
    """The same rules as REST, through another door."""

    def __init__(self, runtime: Runtime[Any, Any]) -> None:
        self._runtime = runtime

    async def CreateBillingAccount(
        self, request: messages.CreateBillingAccountRequest, context: Any
    ) -> messages.CreateBillingAccountResponse:
        """Opens the account, or returns the one there is: to those who may read it, else NOT_FOUND."""
        principal = authorize(Scope.PATIENTS_WRITE, roles=_ROLES)
        patient_id = uuid_of(request.patient_id)
        owner = uuid_of(request.owner_user_id) if request.HasField("owner_user_id") else None
        if not principal.has(Role.STAFF, Role.ADMIN):
            if owner != principal.subject:
                raise Forbidden
            # Whose record the patient is, only the patient service knows: its event says so. Taken from a patient's own
            # call, anybody could make themselves the owner of another's account.
            owner = None
        async with self._runtime.database.unit_of_work() as uow:
            currency = self._runtime.settings.currency
            billing = self._billing(uow)
            account, created = await billing.open_account(patient_id, owner, currency)
            if not created:
                account = await billing.account(principal, patient_id)
        return messages.CreateBillingAccountResponse(account=mapper.to_account_message(account), created=created)

    async def GetAccount(self, request: messages.GetAccountRequest, context: Any) -> messages.GetAccountResponse:
        """The patient's account."""
        principal = authorize(Scope.BILLING_READ, roles=_ROLES)
        async with self._runtime.database.unit_of_work() as uow:
            account = await self._billing(uow).account(principal, uuid_of(request.patient_id))
        return messages.GetAccountResponse(account=mapper.to_account_message(account))

    def _billing(self, uow: UnitOfWork) -> BillingService:
        return BillingService(BillingRepository(uow.session), uow)
