"""The HTTP interface of doctors."""

from __future__ import annotations

from typing import Annotated

from fastapi import Response

from services.appointment import mapper
from services.appointment.composition import doctor_service
from services.appointment.dto import DoctorOut
from services.appointment.service.doctors import DoctorService
from services.common.dto import Page
from services.common.paging import page_of
from services.common.web.dependencies import PageQuery, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Scope

router = make_router("/appointments/doctors", tags=["appointments"])
READ = requires(Scope.APPOINTMENTS_READ)
Doctors = Annotated[DoctorService, service(doctor_service)]


@router.get("", dependencies=[READ], summary="List doctors who can be booked", response_model=Page[DoctorOut])
async def list_doctors(page: PageQuery, doctors: Doctors) -> Response:
    """The oldest account comes first. A PATIENT may read this list, but no user accounts."""
    return page_of(await doctors.list(page), mapper.doctor_out)
