"""The patient service."""

from services.common.web.app import create_app
from services.contracts import topics
from services.patient import composition, controller, grpc_server
from services.patient.config import PatientSettings

app = create_app(
    "patient",
    title="Patients",
    settings=PatientSettings,
    routers=[controller.router],
    compose=composition.compose,
    topics=[topics.PATIENT],
    grpc_services=grpc_server.register,
)
