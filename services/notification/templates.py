"""The texts of e-mails and text messages, and the events that cause them. Pure functions.

No text says anything medical, because e-mail and SMS are not confidential (45 CFR 164.502(b), minimum necessary).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from string import Template
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_currency, get_currency_precision

from services.contracts import events
from services.notification.entity import Channel

_LOCALE = "en"
"""The language of the texts."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """The texts for one type of event. `sms` is None when only an e-mail is sent.

    The placeholder `$name` is the person's name, and `$secret` is what the event has in encrypted form. The others are
    made from the event by `variables`.
    """

    name: str
    subject: str
    body: str
    sms: str | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels for which there is a text."""
        return (Channel.EMAIL,) if self.sms is None else (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True)
class Text:
    """The text of one message. An SMS has no subject."""

    subject: str | None
    body: str


def _letter(sentences: str) -> str:
    return f"Dear $name,\n\n{sentences}\n\nKind regards,\nYour clinic\n"


_TEMPLATES: dict[type[events.EventData], MessageTemplate] = {
    events.PatientRegistered: MessageTemplate(
        "registered",
        "Welcome to the clinic",
        _letter("You are now registered as a patient of our clinic."),
    ),
    events.AppointmentBooked: MessageTemplate(
        "booked",
        "Your appointment on $day",
        _letter("Your appointment$with_doctor is on $day at $time ($zone)."),
        sms="Your appointment is on $day at $time.",
    ),
    events.AppointmentRescheduled: MessageTemplate(
        "rescheduled",
        "Your appointment was moved to $day",
        _letter("Your appointment$with_doctor was moved to $day at $time ($zone)."),
        sms="Your appointment was moved to $day at $time.",
    ),
    events.AppointmentCancelled: MessageTemplate(
        "cancelled",
        "Your appointment on $day was cancelled",
        _letter("Your appointment$with_doctor on $day at $time ($zone) was cancelled."),
        sms="Your appointment on $day at $time was cancelled.",
    ),
    events.AppointmentReminderDue: MessageTemplate(
        "reminder",
        "Reminder: your appointment on $day",
        _letter("This is a reminder of your appointment$with_doctor on $day at $time ($zone)."),
        sms="Reminder: your appointment is on $day at $time.",
    ),
    events.InvoiceRaised: MessageTemplate(
        "invoice",
        "Your invoice for $total",
        _letter("We have issued invoice $invoice for $total."),
    ),
    events.PaymentReceived: MessageTemplate(
        "receipt",
        "Receipt for your payment of $amount",
        _letter("Thank you for your payment of $amount for invoice $invoice. The amount still due is $due."),
    ),
    events.UserPasswordResetRequested: MessageTemplate(
        "password-reset",
        "Your code for a new password",
        _letter(
            "With this code you can set a new password for your account $username:\n\n    $secret\n\n"
            "It can be used once, until $until (UTC). If you have not asked for it, you need not do anything:\n"
            "your password stays as it is. Do not tell anybody the code."
        ),
    ),
}

BY_EVENT_TYPE: Mapping[str, MessageTemplate] = MappingProxyType({k.TYPE: v for k, v in _TEMPLATES.items()})
BY_NAME: Mapping[str, MessageTemplate] = MappingProxyType({v.name: v for v in _TEMPLATES.values()})


def render(
    template: MessageTemplate, channel: Channel, name: str, data: events.EventData, secret: str | None = None
) -> Text:
    """Returns the text for one person. The name is inserted on one line, and placeholders in it are not replaced.

    `secret` is what the text says and the event does not.
    """
    values = {"name": " ".join(name.split()), **variables(data)}
    if secret is not None:
        values["secret"] = secret
    if channel is Channel.SMS:
        assert template.sms is not None
        return Text(None, Template(template.sms).substitute(values))
    return Text(Template(template.subject).substitute(values), Template(template.body).substitute(values))


def variables(data: Any) -> dict[str, str]:
    """Returns the values of the placeholders that an event's data determines."""
    if hasattr(data, "appointment_id") and hasattr(data, "time_zone"):
        return _appointment(data)
    if isinstance(data, events.UserPasswordResetRequested):
        return {"username": data.username, "until": f"{data.expires_at:%H:%M}"}
    if isinstance(data, events.InvoiceRaised):
        return {"invoice": str(data.invoice_id), "total": money(data.total_minor, data.currency)}
    if isinstance(data, events.PaymentReceived):
        due = data.total_minor - data.paid_minor
        return {
            "invoice": str(data.invoice_id),
            "amount": money(data.amount_minor, data.currency),
            "due": money(due, data.currency),
        }
    return {}


def money(minor: int, currency: str) -> str:
    """Returns an amount in minor units as people read it: `120.50 EUR` for 12050 and `EUR`.

    How many digits the minor unit has is in Unicode's CLDR.
    """
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, format="#,##0.00 ¤¤", locale=_LOCALE)


def _appointment(data: Any) -> dict[str, str]:
    local: datetime = data.date.astimezone(ZoneInfo(data.time_zone))
    return {
        "day": f"{local:%A}, {local.day} {local:%B %Y}",
        "time": f"{local:%H:%M}",
        "zone": data.time_zone,
        "with_doctor": f" with {' '.join(data.doctor_name.split())}" if data.doctor_name else "",
    }
