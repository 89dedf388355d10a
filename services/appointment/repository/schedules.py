"""The SQL of doctors' own schedules. Never commits."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.appointment.entity import DoctorSchedule


class ScheduleRepository:
    """Doctors' own schedules, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, doctor_id: UUID) -> DoctorSchedule | None:
        """Returns the doctor's own schedule, or None for a doctor without one."""
        return await self._session.get(DoctorSchedule, doctor_id)

    async def save(self, schedule: DoctorSchedule) -> None:
        """Writes the schedule."""
        self._session.add(schedule)
        await self._session.flush()
