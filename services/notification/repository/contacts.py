"""The SQL of patients' contacts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import text

from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.notification.entity import Contact

_SAVE = Statement(
    text("""
    WITH known AS (
        SELECT name IS NULL AS deleted FROM contact WHERE patient_id = :patient_id
    ), saved AS (
        INSERT INTO contact AS stored (patient_id, name, email, phone, version)
        VALUES (:patient_id, :name, :email, :phone, :version)
        ON CONFLICT (patient_id) DO UPDATE
        SET name = excluded.name, email = excluded.email, phone = excluded.phone, version = excluded.version
        WHERE stored.version < excluded.version
    ), due AS (
        UPDATE message SET next_attempt_at = :now
        WHERE status = 'PENDING' AND attempts > 0
          AND event_id IN (SELECT id FROM event_log WHERE patient_id = :patient_id)
    )
    SELECT deleted FROM known
    """)
)


class ContactRepository:
    """Patients' contacts, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def save(self, contact: Contact, now: datetime) -> bool:
        """Writes the contact, unless the same or a newer version is stored. Returns whether the patient was deleted.

        The patient's messages for which an attempt has failed become due: they may have waited for an address.
        """
        return await self._uow.value(_SAVE, now=now, **asdict(contact)) is True
