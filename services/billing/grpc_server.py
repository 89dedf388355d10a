"""BillingService over gRPC, with the same rules as over HTTP."""

from __future__ import annotations

from typing import Any

from services.billing import mapper
from services.billing.access import ROLES
from services.billing.composition import BillingRuntime, account_service, invoice_service
from services.common.rpc.ids import uuid_of
from services.common.rpc.security import authorize
from services.contracts.proto import billing_v1_pb2, billing_v1_pb2_grpc
from services.contracts.roles import Scope


class BillingServicer(billing_v1_pb2_grpc.BillingServiceServicer):
    """Implements `contracts/proto/billing_v1.proto`. Errors of `common.errors` become gRPC statuses."""

    def __init__(self, runtime: BillingRuntime) -> None:
        self._runtime = runtime

    async def CreateBillingAccount(self, request: Any, context: Any) -> billing_v1_pb2.CreateBillingAccountResponse:
        """Opens an account, or returns the existing one."""
        principal = authorize(Scope.PATIENTS_WRITE, roles=ROLES)
        patient_id = uuid_of(request.patient_id)
        owner_user_id = uuid_of(request.owner_user_id) if request.HasField("owner_user_id") else None
        async with self._runtime.database.unit_of_work() as uow:
            account, created = await account_service(principal, uow, self._runtime).open(patient_id, owner_user_id)
        return billing_v1_pb2.CreateBillingAccountResponse(account=mapper.account_message(account), created=created)

    async def GetAccount(self, request: Any, context: Any) -> billing_v1_pb2.GetAccountResponse:
        """Returns a patient's account."""
        principal = authorize(Scope.BILLING_READ, roles=ROLES)
        patient_id = uuid_of(request.patient_id)
        async with self._runtime.database.unit_of_work() as uow:
            account = await account_service(principal, uow, self._runtime).get(patient_id)
        return billing_v1_pb2.GetAccountResponse(account=mapper.account_message(account))

    async def ListOpenInvoices(self, request: Any, context: Any) -> billing_v1_pb2.ListOpenInvoicesResponse:
        """Returns the patient's invoices that are not paid."""
        principal = authorize(Scope.BILLING_READ, roles=ROLES)
        patient_id = uuid_of(request.patient_id)
        async with self._runtime.database.unit_of_work() as uow:
            invoices = await invoice_service(principal, uow, self._runtime).list_open(patient_id)
        return billing_v1_pb2.ListOpenInvoicesResponse(invoices=map(mapper.invoice_message, invoices))


def register(server: Any, runtime: BillingRuntime) -> None:
    """Adds the servicer to the gRPC server of the process."""
    billing_v1_pb2_grpc.add_BillingServiceServicer_to_server(BillingServicer(runtime), server)
