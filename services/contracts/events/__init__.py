"""The events that the services publish, as Pydantic models."""

from services.contracts.events.appointment import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentCompleted,
    AppointmentNoShow,
    AppointmentReminderDue,
    AppointmentReopened,
    AppointmentRescheduled,
    AppointmentStatus,
    CausedBy,
)
from services.contracts.events.base import EventData
from services.contracts.events.billing import (
    AccountOpened,
    InvoiceCredited,
    InvoiceRaised,
    InvoiceReason,
    InvoiceStatus,
    InvoiceVoided,
    PaymentReceived,
    PaymentRefunded,
)
from services.contracts.events.catalogue import BY_TYPE, EVENT_TYPES
from services.contracts.events.envelope import Event, InvalidEvent, UnknownEventType, decode
from services.contracts.events.patient import PatientDeleted, PatientRegistered, PatientUpdated
from services.contracts.events.user import UserPasswordResetRequested, UserRegistered, UserUpdated, sealing_context

__all__ = [
    "BY_TYPE",
    "EVENT_TYPES",
    "AccountOpened",
    "AppointmentBooked",
    "AppointmentCancelled",
    "AppointmentCompleted",
    "AppointmentNoShow",
    "AppointmentReminderDue",
    "AppointmentReopened",
    "AppointmentRescheduled",
    "AppointmentStatus",
    "CausedBy",
    "Event",
    "EventData",
    "InvalidEvent",
    "InvoiceCredited",
    "InvoiceRaised",
    "InvoiceReason",
    "InvoiceStatus",
    "InvoiceVoided",
    "PatientDeleted",
    "PatientRegistered",
    "PatientUpdated",
    "PaymentReceived",
    "PaymentRefunded",
    "UnknownEventType",
    "UserPasswordResetRequested",
    "UserRegistered",
    "UserUpdated",
    "decode",
    "sealing_context",
]
