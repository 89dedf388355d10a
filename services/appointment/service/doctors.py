"""The use cases of doctors."""

from __future__ import annotations

from services.appointment.entity import Doctor
from services.appointment.repository.doctors import DoctorRepository
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork


class DoctorService:
    """Doctors, for one caller in one transaction."""

    def __init__(self, principal: Principal, uow: UnitOfWork, doctors: DoctorRepository) -> None:
        self._principal = principal
        self._uow = uow
        self._doctors = doctors

    async def list(self, page: PageRequest) -> Slice[Doctor]:
        """Returns one page of the doctors who can be booked."""
        return await self._doctors.page(page)

    async def update(self, doctor: Doctor) -> None:
        """Stores what is known of a user. A user who is not a doctor is stored only if they were one until now."""
        if doctor.active:
            await self._doctors.save(doctor)
        else:
            await self._doctors.retire(doctor)
