"""The HTTP interface of the fee schedule."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query

from services.billing import mapper
from services.billing.access import ROLES
from services.billing.composition import fee_service
from services.billing.dto import FeeQuery, FeesOut
from services.billing.service.fees import FeeService
from services.common.web.dependencies import requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/api/billing/fees", tags=["billing"])
READ = requires(Scope.BILLING_READ, roles=ROLES)
Fees = Annotated[FeeService, service(fee_service)]


@router.get("", dependencies=[READ], summary="List the fees")
async def list_fees(query: Annotated[FeeQuery, Query()], fees: Fees) -> FeesOut:
    """What a visit, a late cancellation and a no-show cost, before anything is charged.

    The fee of an appointment is the one at the time of its visit, in the currency of the patient's account.
    """
    return mapper.fees_out(await fees.list(query.at))
