"""What people are told, and through which channels. Pure.

No template carries anything medical: e-mail and SMS are not confidential (45 CFR 164.522(b), minimum necessary).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Template
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts import events
from services.notification.entity import Channel

# ISO 4217: currencies whose minor unit is not a hundredth.
_DECIMALS = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """`$name` is the patient's name; the other placeholders are those of `variables`. `sms` is None for e-mail only."""

    name: str
    subject: str
    body: str
    sms: str | None = None

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels it has a text for."""
        return (Channel.EMAIL,) if self.sms is None else (Channel.EMAIL, Channel.SMS)


@dataclass(frozen=True, slots=True)
class Text:
    """A message as it is sent; an SMS has no subject."""

    subject: str | None
    body: str


_TEMPLATES: dict[type[events.EventData], MessageTemplate] = {
    events.PatientRegistered: MessageTemplate(
        "registered",
        "Welcome to the clinic",
        "Dear $name,\n\nyou are registered as a patient of our clinic.\n\nYour clinic\n",
    ),
    events.AppointmentBooked: MessageTemplate(
        "booked",
        "Your appointment on $day",
        "Dear $name,\n\nyour appointment$with_doctor is on $day at $time ($zone).\n\nYour clinic\n",
        sms="Your appointment is on $day at $time.",
    ),
    events.AppointmentRescheduled: MessageTemplate(
        "rescheduled",
        "Your appointment was moved to $day",
        "Dear $name,\n\nyour appointment$with_doctor was moved to $day at $time ($zone).\n\nYour clinic\n",
        sms="Your appointment was moved to $day at $time.",
    ),
    events.AppointmentCancelled: MessageTemplate(
        "cancelled",
        "Your appointment on $day was cancelled",
        "Dear $name,\n\nyour appointment$with_doctor on $day at $time ($zone) was cancelled.\n\nYour clinic\n",
        sms="Your appointment on $day at $time was cancelled.",
    ),
    events.AppointmentReminderDue: MessageTemplate(
        "reminder",
        "Reminder: your appointment on $day",
        "Dear $name,\n\nplease remember your appointment$with_doctor on $day at $time ($zone).\n\nYour clinic\n",
        sms="Reminder: your appointment is on $day at $time.",
    ),
    events.InvoiceRaised: MessageTemplate(
        "invoice",
        "Your invoice over $total",
        "Dear $name,\n\nwe have raised invoice $invoice over $total.\n\nYour clinic\n",
    ),
    events.PaymentReceived: MessageTemplate(
        "receipt",
        "Receipt: $amount",
        "Dear $name,\n\nthank you for your payment of $amount for invoice $invoice. Still due: $due.\n\nYour clinic\n",
    ),
}

BY_EVENT_TYPE: Mapping[str, MessageTemplate] = MappingProxyType({k.TYPE: v for k, v in _TEMPLATES.items()})
BY_NAME: Mapping[str, MessageTemplate] = MappingProxyType({v.name: v for v in _TEMPLATES.values()})


def render(template: MessageTemplate, channel: Channel, name: str, data: events.EventData) -> Text:
    """The text for one person. A name is put in as it is, on one line: it can change nothing but itself."""
    values = {"name": " ".join(name.split()), **variables(data)}
    if channel is Channel.SMS:
        assert template.sms is not None
        return Text(None, Template(template.sms).substitute(values))
    return Text(Template(template.subject).substitute(values), Template(template.body).substitute(values))


def variables(data: Any) -> dict[str, str]:
    """The placeholders that an event's data gives."""
    if hasattr(data, "appointment_id") and hasattr(data, "time_zone"):
        return _appointment(data)
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
    """`12050, "EUR"` -> `120.50 EUR`, without ever being a float."""
    decimals = _DECIMALS.get(currency, 2)
    if decimals == 0:
        return f"{minor} {currency}"
    whole, rest = divmod(minor, 10**decimals)
    return f"{whole}.{rest:0{decimals}d} {currency}"


def _appointment(data: Any) -> dict[str, str]:
    local: datetime = data.date.astimezone(ZoneInfo(data.time_zone))
    return {
        "day": f"{local:%A}, {local.day} {local:%B %Y}",
        "time": f"{local:%H:%M}",
        "zone": data.time_zone,
        "with_doctor": f" with {' '.join(data.doctor_name.split())}" if data.doctor_name else "",
    }
