"""All event types, and the name of each one's schema."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.contracts.events import appointment, billing, patient, user
from services.contracts.events.base import EventData

EVENT_TYPES: tuple[type[EventData], ...] = (
    user.UserRegistered,
    user.UserUpdated,
    patient.PatientRegistered,
    patient.PatientUpdated,
    patient.PatientDeleted,
    appointment.AppointmentBooked,
    appointment.AppointmentRescheduled,
    appointment.AppointmentCancelled,
    appointment.AppointmentCompleted,
    appointment.AppointmentNoShow,
    appointment.AppointmentReminderDue,
    billing.AccountOpened,
    billing.InvoiceRaised,
    billing.PaymentReceived,
)

BY_TYPE: Mapping[str, type[EventData]] = MappingProxyType({model.TYPE: model for model in EVENT_TYPES})


def schema_name(model: type[EventData]) -> str:
    """The schema's file name without its ending, such as `patient.registered.v1`. The version is the topic's."""
    return f"{model.TYPE}.{model.TOPIC.name.rsplit('.', 1)[1]}"


def schema_uri(model: type[EventData]) -> str:
    """The `dataschema` of an event."""
    return f"urn:pms:schema:{schema_name(model)}"
