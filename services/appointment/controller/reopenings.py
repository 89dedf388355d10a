"""The HTTP interface of visits whose end was recorded by mistake."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.appointment import mapper
from services.appointment.composition import reopening_service
from services.appointment.dto import AppointmentOut, ReopeningIn, ReopeningOut
from services.appointment.service.reopenings import ReopeningService
from services.common.dto import Page
from services.common.etags import etag
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, IfMatch, PageQuery, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope

router = make_router("/appointments", tags=["appointments"])
READ = requires(Scope.APPOINTMENTS_READ, roles=(Role.STAFF, Role.DOCTOR, Role.ADMIN))
REOPEN = requires(Scope.APPOINTMENTS_WRITE, roles=(Role.STAFF, Role.ADMIN))
Reopenings = Annotated[ReopeningService, service(reopening_service)]


@router.post("/{id}/reopen", dependencies=[REOPEN, IdempotencyKey], summary="Undo a completion or a no-show")
async def reopen_appointment(
    id: UUID, body: ReopeningIn, condition: IfMatch, reopenings: Reopenings, response: Response
) -> AppointmentOut:
    """The appointment is BOOKED again, and what it cost is voided or, if it was paid, credited.

    403 for the caller's own appointment. 409 when it is neither COMPLETED nor NO_SHOW, or when its time is taken.
    """
    appointment = await reopenings.reopen(id, body.reason, condition)
    response.headers["ETag"] = etag(appointment.version)
    return mapper.appointment_out(appointment)


@router.get(
    "/{id}/reopenings",
    dependencies=[READ],
    summary="List why an appointment was reopened",
    response_model=Page[ReopeningOut],
)
async def list_reopenings(id: UUID, page: PageQuery, reopenings: Reopenings) -> Response:
    """The oldest comes first."""
    return page_of(await reopenings.list(id, page), mapper.reopening_out)
