"""The HTTP interface of appointments."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Request, Response

from services.appointment import mapper
from services.appointment.composition import appointment_service
from services.appointment.dto import (
    AppointmentChangeIn,
    AppointmentIn,
    AppointmentOut,
    AppointmentPatchIn,
    AppointmentQuery,
    CancellationIn,
)
from services.appointment.entity import Appointment
from services.appointment.service.appointments import AppointmentService
from services.common.dto import MERGE_PATCH, Page
from services.common.etags import etag, not_modified
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, IfMatch, MergePatch, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope

router = make_router("/appointments", tags=["appointments"])
READ, WRITE = requires(Scope.APPOINTMENTS_READ), requires(Scope.APPOINTMENTS_WRITE)
CLINIC_WRITE = requires(Scope.APPOINTMENTS_WRITE, roles=(Role.STAFF, Role.DOCTOR, Role.ADMIN))
Appointments = Annotated[AppointmentService, service(appointment_service)]


@router.post("", status_code=201, dependencies=[WRITE, IdempotencyKey], summary="Book an appointment")
async def book_appointment(body: AppointmentIn, appointments: Appointments, response: Response) -> AppointmentOut:
    """A PATIENT books for their own record. 409 when the doctor or the patient has another appointment at that time.

    422 when the time is in the past or outside the doctor's hours, and for an unknown patient or doctor. 503 when the
    patient cannot be looked up at the moment.
    """
    appointment = await appointments.book(body.patient_id, mapper.appointment_details_from(body))
    response.headers["Location"] = f"{router.prefix}/{appointment.id}"
    return _appointment_out(appointment, response)


@router.get("", dependencies=[READ], summary="List appointments", response_model=Page[AppointmentOut])
async def list_appointments(query: Annotated[AppointmentQuery, Query()], appointments: Appointments) -> Response:
    """The earliest appointment comes first, unless `sort` says otherwise. A PATIENT sees only their own."""
    return page_of(await appointments.list(mapper.appointment_filter(query), query), mapper.appointment_out)


@router.get("/{id}", dependencies=[READ], summary="Read an appointment", response_model=AppointmentOut)
async def get_appointment(
    id: UUID, appointments: Appointments, request: Request, response: Response
) -> AppointmentOut | Response:
    """404 when the appointment does not exist or is somebody else's."""
    appointment = await appointments.get(id)
    return not_modified(request, etag(appointment.version)) or _appointment_out(appointment, response)


@router.put("/{id}", dependencies=[WRITE], summary="Move an appointment, or change its length or reason")
async def change_appointment(
    id: UUID, body: AppointmentChangeIn, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """The rules of booking apply. 409 when it is not BOOKED, has started, or the patient moved it too often.

    412 when If-Match names another version than the current one. What is left out stays as it is. After a move by the
    clinic the patient has time to cancel for free, see `free_cancellation_until`.
    """
    change = mapper.appointment_change_from(body)
    return _appointment_out(await appointments.change(id, change, condition), response)


@router.patch("/{id}", dependencies=[WRITE, MergePatch], summary="Change some of an appointment")
async def patch_appointment(
    id: UUID,
    body: Annotated[AppointmentPatchIn, Body(media_type=MERGE_PATCH)],
    condition: IfMatch,
    appointments: Appointments,
    response: Response,
) -> AppointmentOut:
    """A merge patch (RFC 7396): what is left out stays, and null removes the reason. The rest is as for PUT."""
    change = mapper.appointment_change_from(body)
    return _appointment_out(await appointments.change(id, change, condition), response)


@router.post("/{id}/cancel", dependencies=[WRITE, IdempotencyKey], summary="Cancel an appointment")
async def cancel_appointment(
    id: UUID,
    condition: IfMatch,
    appointments: Appointments,
    response: Response,
    body: CancellationIn | None = None,
) -> AppointmentOut:
    """409 when the appointment is not BOOKED or has started.

    It costs a fee when the patient causes it later than `free_cancellation_until`. The clinic's cancellations are free.
    """
    cancellation = mapper.cancellation_from(body)
    return _appointment_out(await appointments.cancel(id, cancellation, condition), response)


@router.post("/{id}/complete", dependencies=[CLINIC_WRITE, IdempotencyKey], summary="Complete an appointment")
async def complete_appointment(
    id: UUID, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """Records that the visit took place, before or after the start of the appointment. An invoice follows."""
    return _appointment_out(await appointments.complete(id, condition), response)


@router.post(
    "/{id}/no-show", dependencies=[CLINIC_WRITE, IdempotencyKey], summary="Record that the patient did not come"
)
async def record_no_show(
    id: UUID, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """409 when the appointment is not BOOKED or has not started yet. A fee follows."""
    return _appointment_out(await appointments.record_no_show(id, condition), response)


def _appointment_out(appointment: Appointment, response: Response) -> AppointmentOut:
    """Returns the response for an appointment, and sets its ETag."""
    response.headers["ETag"] = etag(appointment.version)
    return mapper.appointment_out(appointment)
