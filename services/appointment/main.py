"""The appointment service."""

from services.appointment import consumers, controller, grpc_clients
from services.appointment.config import AppointmentSettings
from services.common.web.app import create_app
from services.contracts import topics

app = create_app(
    "appointment",
    title="Appointments",
    settings=AppointmentSettings,
    routers=[controller.router],
    compose=grpc_clients.compose,
    topics=[topics.APPOINTMENT],
    consumers=consumers.handlers,
)
