"""The SQL of patients' contacts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.notification.entity import Contact


class ContactRepository:
    """Patients' contacts, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, patient_id: UUID) -> Contact | None:
        """Returns the contact of a patient."""
        return await self._session.get(Contact, patient_id)

    async def save(self, contact: Contact) -> None:
        """Writes the contact, unless the same or a newer version is stored."""
        values = {column.key: getattr(contact, column.key) for column in Contact.__table__.columns}
        statement = insert(Contact).values(values)
        newer = {name: statement.excluded[name] for name in values if name != "patient_id"}
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["patient_id"], set_=newer, where=Contact.version < statement.excluded.version
            )
        )
