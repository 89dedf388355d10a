"""All event types, and the names of their schemas."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.contracts.events import appointment, billing, patient, user
from services.contracts.events.base import EventData

EVENT_TYPES: tuple[type[EventData], ...] = (
    user.UserRegistered,
    user.UserUpdated,
    user.UserPasswordResetRequested,
    patient.PatientRegistered,
    patient.PatientUpdated,
    patient.PatientDeleted,
    appointment.AppointmentBooked,
    appointment.AppointmentRescheduled,
    appointment.AppointmentCancelled,
    appointment.AppointmentCompleted,
    appointment.AppointmentNoShow,
    appointment.AppointmentReopened,
    appointment.AppointmentReminderDue,
    billing.AccountOpened,
    billing.InvoiceRaised,
    billing.PaymentReceived,
    billing.InvoiceVoided,
    billing.InvoiceCredited,
    billing.PaymentRefunded,
)

BY_TYPE: Mapping[str, type[EventData]] = MappingProxyType({model.TYPE: model for model in EVENT_TYPES})


def schema_name(model: type[EventData]) -> str:
    """Returns the name of a schema, such as `patient.registered.v1`. The version is that of the topic."""
    return f"{model.TYPE}.{model.TOPIC.name.rsplit('.', 1)[1]}"


def schema_uri(model: type[EventData]) -> str:
    """Returns the `dataschema` of an event."""
    return f"urn:pms:schema:{schema_name(model)}"
