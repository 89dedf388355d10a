"""The appointment service."""

from services.appointment import consumers, grpc_clients
from services.appointment.config import AppointmentSettings
from services.appointment.controller import appointments
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "appointment",
    title="Appointments",
    settings=AppointmentSettings,
    routers=[appointments.router],
    compose=grpc_clients.compose,
    topics=[topics.APPOINTMENT],
    consumers=consumers.handlers,
)
