"""The HTTP interface of patients' accounts."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response

from services.billing import mapper
from services.billing.access import ROLES
from services.billing.composition import account_service
from services.billing.dto import AccountOut
from services.billing.service.accounts import AccountService
from services.common.etags import etag, not_modified
from services.common.web.dependencies import requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/api/billing/accounts", tags=["billing"])
READ = requires(Scope.BILLING_READ, roles=ROLES)
Accounts = Annotated[AccountService, service(account_service)]
PatientId = Annotated[UUID, Path(alias="patientId")]


@router.get("/{patientId}", dependencies=[READ], summary="Read a patient's account", response_model=AccountOut)
async def get_account(
    patient_id: PatientId, accounts: Accounts, request: Request, response: Response
) -> AccountOut | Response:
    """404 when the patient has no account or it is somebody else's."""
    account = await accounts.get(patient_id)
    tag = response.headers["ETag"] = etag(account.version)
    return not_modified(request, tag) or mapper.account_out(account)
