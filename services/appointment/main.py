"""The appointment service."""

from services.appointment import composition, consumers, grpc_server
from services.appointment.config import AppointmentSettings
from services.appointment.controller import appointments, doctors, reopenings, schedules
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "appointment",
    title="Appointments",
    settings=AppointmentSettings,
    # The first route that matches is used, and /appointments/{id} matches /appointments/doctors too.
    routers=[doctors.router, schedules.router, appointments.router, reopenings.router],
    compose=composition.compose,
    topics=[topics.APPOINTMENT],
    consumers=consumers.handlers,
    grpc_services=grpc_server.register,
)
