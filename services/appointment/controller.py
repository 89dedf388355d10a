"""The appointment service's HTTP interface."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query, Request, Response

from services.appointment import mapper
from services.appointment.dto import (
    AppointmentOut,
    AppointmentQuery,
    AvailabilityOut,
    AvailabilityQuery,
    ChangedAppointment,
    DoctorOut,
    NewAppointment,
    ScheduleIn,
    ScheduleOut,
)
from services.appointment.entity import Appointment
from services.appointment.grpc_clients import Components
from services.appointment.repository import AppointmentRepository, DoctorRepository
from services.appointment.schedules import Schedules
from services.appointment.service import AppointmentService
from services.common.dto import Page
from services.common.etags import etag, not_modified
from services.common.runtime import Runtime
from services.common.web.dependencies import (
    CurrentPrincipal,
    IdempotencyKey,
    IfMatch,
    PageQuery,
    Uow,
    component,
    requires,
    runtime,
)
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope

router = make_router("/appointments", tags=["appointments"])
READ, WRITE = requires(Scope.APPOINTMENTS_READ), requires(Scope.APPOINTMENTS_WRITE)
CLINIC = requires(Scope.APPOINTMENTS_WRITE, roles=(Role.STAFF, Role.DOCTOR, Role.ADMIN))
SCHEDULE = requires(Scope.SCHEDULES_WRITE)

Process = Annotated[Runtime[Any, Any], Depends(runtime)]
Parts = Annotated[Components, component(Components)]


async def _schedules(work: Uow, process: Process) -> Schedules:
    session = work.session
    return Schedules(work, process.settings, DoctorRepository(session), AppointmentRepository(session))


HoursOfDoctors = Annotated[Schedules, Depends(_schedules)]


async def _appointments(
    principal: CurrentPrincipal, work: Uow, process: Process, schedules: HoursOfDoctors, parts: Parts
) -> AppointmentService:
    repository = AppointmentRepository(work.session)
    return AppointmentService(principal, work, process.settings, repository, schedules, parts.patients)


Appointments = Annotated[AppointmentService, Depends(_appointments)]
DoctorId = Annotated[UUID, Path(alias="doctorId")]


def _answer(appointment: Appointment, response: Response) -> AppointmentOut:
    response.headers["ETag"] = etag(appointment.version)
    return mapper.appointment_out(appointment)


@router.post("", status_code=201, dependencies=[WRITE, IdempotencyKey], summary="Book an appointment")
async def book_appointment(body: NewAppointment, appointments: Appointments, response: Response) -> AppointmentOut:
    """409 when doctor or patient have another appointment at that time.

    422 in the past, outside of the doctor's hours, and for an unknown patient or doctor; 503 when patients cannot be
    looked up at the moment. A PATIENT books for their own record.
    """
    appointment = await appointments.book(body.patient_id, mapper.visit(body))
    response.headers["Location"] = f"{router.prefix}/{appointment.id}"
    return _answer(appointment, response)


@router.get("", dependencies=[READ], summary="List appointments")
async def list_appointments(
    query: Annotated[AppointmentQuery, Query()], appointments: Appointments
) -> Page[AppointmentOut]:
    """The earliest first. A PATIENT finds their own only."""
    found = await appointments.list(mapper.filters(query), query)
    return Page(items=[mapper.appointment_out(item) for item in found.items], next_cursor=found.next_cursor)


@router.get("/availability", dependencies=[READ], summary="Find a doctor's free hours")
async def get_availability(query: Annotated[AvailabilityQuery, Query()], schedules: HoursOfDoctors) -> AvailabilityOut:
    """Slots of the length asked for on that day of the doctor's calendar."""
    slots = await schedules.availability(query.doctor_id, query.date, query.duration_minutes)
    return mapper.availability_out(slots)


@router.get("/doctors", dependencies=[READ], summary="List doctors who can be booked")
async def list_doctors(query: PageQuery, schedules: HoursOfDoctors) -> Page[DoctorOut]:
    """For whoever books: a patient sees no user accounts. The longest known first."""
    found = await schedules.doctors(query)
    return Page(items=[DoctorOut.model_validate(item) for item in found.items], next_cursor=found.next_cursor)


@router.get("/doctors/{doctorId}/schedule", dependencies=[READ], summary="Read a doctor's hours")
async def get_schedule(doctor_id: DoctorId, schedules: HoursOfDoctors, response: Response) -> ScheduleOut:
    """A doctor without hours of their own has the clinic's."""
    schedule, version = await schedules.read(doctor_id)
    response.headers["ETag"] = etag(version)
    return mapper.schedule_out(doctor_id, schedule, version)


@router.put("/doctors/{doctorId}/schedule", dependencies=[SCHEDULE], summary="Set a doctor's hours")
async def replace_schedule(
    doctor_id: DoctorId,
    body: ScheduleIn,
    principal: CurrentPrincipal,
    condition: IfMatch,
    schedules: HoursOfDoctors,
    response: Response,
) -> ScheduleOut:
    """A DOCTOR sets their own, an ADMIN anybody's. What is booked stays booked."""
    schedule, version = await schedules.replace(principal, doctor_id, mapper.schedule_from(body), condition)
    response.headers["ETag"] = etag(version)
    return mapper.schedule_out(doctor_id, schedule, version)


@router.get("/{id}", dependencies=[READ], summary="Read an appointment")
async def get_appointment(id: UUID, appointments: Appointments, request: Request, response: Response) -> AppointmentOut:
    """404 for one that is somebody else's, as for one that does not exist."""
    appointment = await appointments.get(id)
    unchanged = not_modified(request, etag(appointment.version))
    if unchanged:
        return unchanged  # type: ignore[return-value]
    return _answer(appointment, response)


@router.put("/{id}", dependencies=[WRITE], summary="Move an appointment, or change its reason")
async def change_appointment(
    id: UUID, body: ChangedAppointment, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """The rules of booking hold; only a booked one can be moved, and not for ever."""
    return _answer(await appointments.change(id, body.patient_id, mapper.visit(body), condition), response)


@router.post("/{id}/cancel", dependencies=[WRITE, IdempotencyKey], summary="Cancel an appointment")
async def cancel_appointment(
    id: UUID, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """Before it begins. Shortly before costs a fee."""
    return _answer(await appointments.cancel(id, condition), response)


@router.post("/{id}/complete", dependencies=[CLINIC, IdempotencyKey], summary="Complete an appointment")
async def complete_appointment(
    id: UUID, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """The visit took place, before or after its hour. An invoice follows."""
    return _answer(await appointments.complete(id, condition), response)


@router.post("/{id}/no-show", dependencies=[CLINIC, IdempotencyKey], summary="Note that the patient did not come")
async def record_no_show(
    id: UUID, condition: IfMatch, appointments: Appointments, response: Response
) -> AppointmentOut:
    """Once the visit should have begun. A fee follows."""
    return _answer(await appointments.no_show(id, condition), response)
