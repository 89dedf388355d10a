"""Migrations that convert what is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tests.integration.migrations import connected, empty_database, upgrade

NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
DAY = timedelta(days=1)
IDS = [UUID(int=number) for number in range(1, 6)]


async def test_stored_numbers_become_e164_and_keys_fold_all_latin_letters(database_server: str) -> None:
    phones = ["+49 (0) 209 123456", "0049 209 123456", "+0301234567", None, "030 123456"]
    names = ["Aylin Işık", "Đorđe", "Ada Lovelace", "Sørensen", "Ada"]  # noqa: RUF001
    async with empty_database(database_server, "patient") as settings:
        await upgrade(settings, "patient_0003")
        async with connected(settings) as connection:
            for id, name, phone in zip(IDS, names, phones, strict=True):
                await connection.execute(
                    "INSERT INTO patient (id, name, email, dob, registered_at, phone, name_key, updated_at) "
                    "VALUES ($1, $2, $4, '1990-01-01', now(), $3, lower($2), now())",
                    id,
                    name,
                    phone,
                    f"{id}@example.org",
                )
            await upgrade(settings, "patient_0004")
            rows = await connection.fetch("SELECT name_key, phone, phone_as_typed FROM patient ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("aylin isik", "+49209123456", phones[0]),
        ("dorde", "+49209123456", phones[1]),
        ("ada lovelace", "+0301234567", "+0301234567"),  # cannot be dialled
        ("sorensen", None, None),
        ("ada", "+4930123456", "030 123456"),
    ]


async def test_booked_appointments_get_a_time_until_which_a_cancellation_is_free(database_server: str) -> None:
    async with empty_database(database_server, "appointment") as settings:
        await upgrade(settings, "appointment_0004")
        async with connected(settings) as connection:
            states = (("BOOKED", False), ("BOOKED", True), ("CANCELLED", False))
            for id, (status, moved_late) in zip(IDS, states, strict=False):
                await connection.execute(
                    "INSERT INTO appointment (id, patient_id, doctor_id, date, ends_at, duration_minutes, status, "
                    "time_zone, moved_late, booked_at, updated_at) "
                    "VALUES ($1, $1, $1, $2, $3, 30, $4, 'UTC', $5, $6, $6)",
                    id,
                    NOW + 7 * DAY,
                    NOW + 7 * DAY + timedelta(minutes=30),
                    status,
                    moved_late,
                    NOW,
                )
            await upgrade(settings, "appointment_0005")
            rows = await connection.fetch("SELECT free_until FROM appointment ORDER BY id")
    assert [row["free_until"] for row in rows] == [NOW + 6 * DAY, NOW, None]


async def test_the_log_forgets_who_deleted_patients_were(database_server: str) -> None:
    gone, here = IDS[:2]
    async with empty_database(database_server, "notification") as settings:
        await upgrade(settings, "notification_0003")
        async with connected(settings) as connection:
            for patient, name in ((gone, None), (here, "Ada")):
                await connection.execute("INSERT INTO contact VALUES ($1, $2, NULL, NULL, 2)", patient, name)
                payload = {"data": {"name": "Ada", "email": "a@example.org", "phone": "+49", "version": 1}}
                await connection.execute(
                    "INSERT INTO event_log VALUES ($1, 'patient.registered', $2, $1, now())",
                    patient,
                    json.dumps(payload),
                )
                await connection.execute(
                    "INSERT INTO message (event_id, channel, template, recipient, body, status, next_attempt_at, "
                    "sent_at) VALUES ($1, 'EMAIL', 'registered', 'a@example.org', 'Dear Ada', 'SENT', now(), now())",
                    patient,
                )
            await upgrade(settings, "notification_0004")
            logged = [
                json.loads(row["payload"])["data"]
                for row in await connection.fetch("SELECT payload FROM event_log ORDER BY id")
            ]
            recipients = await connection.fetch("SELECT recipient, body FROM message ORDER BY event_id")
    assert [set(data) for data in logged] == [{"version"}, {"name", "email", "phone", "version"}]
    assert [tuple(row) for row in recipients] == [(None, None), ("a@example.org", "Dear Ada")]


async def test_invoices_and_payments_keep_their_state_and_can_be_corrected(database_server: str) -> None:
    account, *invoices = IDS
    async with empty_database(database_server, "billing") as settings:
        await upgrade(settings, "billing_0001")
        async with connected(settings) as connection:
            await connection.execute(
                "INSERT INTO account (id, patient_id, currency, balance_minor, opened_at) "
                "VALUES ($1, $1, 'EUR', 170, now())",
                account,
            )
            for id, (paid, status) in zip(invoices, ((0, "OPEN"), (50, "PARTIALLY_PAID"), (120, "PAID")), strict=False):
                await connection.execute(
                    "INSERT INTO invoice (id, account_id, patient_id, appointment_id, reason, currency, total_minor, "
                    "paid_minor, status, raised_at) VALUES ($1, $2, $2, $1, 'VISIT', 'EUR', 120, $3, $4, now())",
                    id,
                    account,
                    paid,
                    status,
                )
            await upgrade(settings, "billing_0002")
            rows = await connection.fetch("SELECT status, credited_minor, refunded_minor FROM invoice ORDER BY id")
            await connection.execute(
                "UPDATE invoice SET total_minor = 0, credited_minor = 120, status = 'REFUND_DUE' WHERE id = $1",
                invoices[2],
            )
            await connection.execute("UPDATE account SET balance_minor = -120")
    assert [tuple(row) for row in rows] == [("OPEN", 0, 0), ("PARTIALLY_PAID", 0, 0), ("PAID", 0, 0)]
