"""The HTTP interface of doctors' schedules and of the free slots in them."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.appointment import mapper
from services.appointment.composition import schedule_service
from services.appointment.dto import AvailabilityOut, AvailabilityQuery, ScheduleIn, ScheduleOut
from services.appointment.service.schedules import ScheduleService
from services.common.etags import etag
from services.common.web.dependencies import IfMatch, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/appointments", tags=["appointments"])
READ, WRITE = requires(Scope.APPOINTMENTS_READ), requires(Scope.SCHEDULES_WRITE)
Schedules = Annotated[ScheduleService, service(schedule_service)]
DoctorId = Annotated[UUID, Path(alias="doctorId")]


@router.get("/availability", dependencies=[READ], summary="Find a doctor's free slots")
async def get_availability(query: Annotated[AvailabilityQuery, Query()], schedules: Schedules) -> AvailabilityOut:
    """Lists slots of the requested length, on that day of the doctor's calendar. 422 for an unknown doctor."""
    return mapper.availability_out(await schedules.availability(query.doctor_id, query.date, query.duration_minutes))


@router.get("/doctors/{doctorId}/schedule", dependencies=[READ], summary="Read a doctor's schedule")
async def get_schedule(doctor_id: DoctorId, schedules: Schedules, response: Response) -> ScheduleOut:
    """A doctor without a schedule of their own has the clinic's hours, as version 0."""
    found = await schedules.get(doctor_id)
    response.headers["ETag"] = etag(found.version)
    return mapper.schedule_out(found)


@router.put("/doctors/{doctorId}/schedule", dependencies=[WRITE], summary="Set a doctor's schedule")
async def replace_schedule(
    doctor_id: DoctorId, body: ScheduleIn, condition: IfMatch, schedules: Schedules, response: Response
) -> ScheduleOut:
    """A DOCTOR sets their own, an ADMIN any doctor's. Appointments that are booked stay booked."""
    replaced = await schedules.replace(doctor_id, mapper.schedule_from(body), condition)
    response.headers["ETag"] = etag(replaced.version)
    return mapper.schedule_out(replaced)
