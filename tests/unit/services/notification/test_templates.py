"""The texts of e-mails and text messages."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import events
from services.notification import templates
from services.notification.entity import Channel

MOMENT = datetime(2026, 3, 29, 7, 30, tzinfo=UTC)


def _appointment(kind: type[Any], **extra: Any) -> Any:
    return kind(
        version=1,
        appointment_id=uuid4(),
        patient_id=uuid4(),
        doctor_id=uuid4(),
        doctor_name="Dr. Who",
        date=MOMENT,
        duration_minutes=30,
        time_zone="Europe/Berlin",
        status=events.AppointmentStatus.BOOKED,
        **extra,
    )


_INVOICE = {
    "version": 2,
    "account_id": uuid4(),
    "patient_id": uuid4(),
    "currency": "EUR",
    "invoice_id": uuid4(),
    "appointment_id": uuid4(),
    "total_minor": 12000,
    "paid_minor": 2050,
    "status": events.InvoiceStatus.PARTIALLY_PAID,
}
SECRET = "7K2M-9QXA-01TV-B3ZD"
SAMPLES: list[events.EventData] = [
    events.PatientRegistered(version=1, patient_id=uuid4(), name="Ada", email="a@example.org", registered_at=MOMENT),
    _appointment(events.AppointmentBooked, booked_at=MOMENT),
    _appointment(events.AppointmentRescheduled, previous_date=MOMENT, rescheduled_at=MOMENT),
    _appointment(events.AppointmentCancelled, late=False, cancelled_at=MOMENT),
    _appointment(events.AppointmentReminderDue, due_at=MOMENT),
    events.UserPasswordResetRequested(
        version=1,
        user_id=uuid4(),
        username="ada",
        email="a@example.org",
        sealed_code="c2VhbGVk",
        expires_at=MOMENT,
        requested_at=MOMENT,
    ),
    events.InvoiceRaised(**_INVOICE, reason=events.InvoiceReason.VISIT, raised_at=MOMENT),
    events.PaymentReceived(**_INVOICE, payment_id=uuid4(), amount_minor=2050, method="CARD", received_at=MOMENT),
]


@pytest.mark.parametrize("data", SAMPLES, ids=lambda data: data.TYPE)
def test_every_text_is_complete_for_each_of_its_channels(data: events.EventData) -> None:
    template = templates.BY_EVENT_TYPE[data.TYPE]
    for channel in template.channels:
        text = templates.render(template, channel, "Ada", data, SECRET)
        assert "$" not in text.body + (text.subject or "")
        assert (text.subject is None) == (channel is Channel.SMS)


def test_every_template_has_a_sample_here() -> None:
    assert {data.TYPE for data in SAMPLES} == set(templates.BY_EVENT_TYPE)


def test_the_time_is_the_clinics_local_time() -> None:
    """07:30 UTC on 29 March 2026 is 09:30 in Berlin, where summer time began that night."""
    booked = _appointment(events.AppointmentBooked, booked_at=MOMENT)
    text = templates.render(templates.BY_NAME["booked"], Channel.EMAIL, "Ada", booked)
    assert text.subject == "Your appointment on Sunday, 29 March 2026"
    assert "at 09:30 (Europe/Berlin)" in text.body
    assert "with Dr. Who" in text.body


def test_a_name_stays_on_its_line_and_is_not_a_template() -> None:
    text = templates.render(templates.BY_NAME["registered"], Channel.EMAIL, "Ada\r\nBcc: x@y.z $zone", SAMPLES[0])
    assert "Dear Ada Bcc: x@y.z $zone," in text.body


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (12050, "EUR", "120.50 EUR"),
        (5, "USD", "0.05 USD"),
        (1200, "JPY", "1,200 JPY"),
        (1234, "KWD", "1.234 KWD"),
        (5000, "XOF", "5,000 XOF"),
        (70000, "UGX", "70,000 UGX"),
        (10**12 + 1, "EUR", "10,000,000,000.01 EUR"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(minor: int, currency: str, text: str) -> None:
    assert templates.money(minor, currency) == text
