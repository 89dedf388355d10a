"""The services' tasks, called past the gateway over HTTP and gRPC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import grpc
import httpx
from google.protobuf.message_factory import GetMessageClass

from ops import aws, settings
from services.contracts.proto import appointment_v1_pb2, billing_v1_pb2, patient_v1_pb2

HTTP_PORT, GRPC_PORT = 8080, 50051
GRPC_SERVICES = {
    "appointment": appointment_v1_pb2.DESCRIPTOR.services_by_name["AppointmentService"],
    "patient": patient_v1_pb2.DESCRIPTOR.services_by_name["PatientService"],
    "billing": billing_v1_pb2.DESCRIPTOR.services_by_name["BillingService"],
}


def healthy_tasks(service: str) -> list[dict[str, Any]]:
    """Returns the running tasks of a service that its health check has found healthy."""
    return [
        task for task in aws.tasks(service) if task["lastStatus"] == "RUNNING" and task["healthStatus"] == "HEALTHY"
    ]


@dataclass(frozen=True)
class Task:
    """One task of a service, at its private address."""

    service: str
    address: str

    @classmethod
    def of(cls, service: str) -> Task:
        running = next(task for task in aws.tasks(service) if task["lastStatus"] == "RUNNING")
        return cls(service, aws.private_address(running))

    @property
    def url(self) -> str:
        return f"http://{self.address}:{HTTP_PORT}"

    def call(self, method: str, request: Any, authorization: str | None, **options: Any) -> Any:
        """Sends a gRPC call without what our own clients add: it has no deadline unless `timeout` is given.

        Raises grpc.RpcError.
        """
        described = GRPC_SERVICES[self.service].methods_by_name[method]
        metadata = () if authorization is None else (("authorization", authorization),)
        with grpc.insecure_channel(f"{self.address}:{GRPC_PORT}") as channel:
            stub = channel.unary_unary(
                f"/{described.containing_service.full_name}/{method}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=GetMessageClass(described.output_type).FromString,
            )
            return stub(request, metadata=metadata, **options)

    def status_of(self, method: str, request: Any, authorization: str | None, **options: Any) -> str:
        """Returns the status with which the call ends. Its deadline is 10 s unless `timeout` is given."""
        try:
            self.call(method, request, authorization, **{"timeout": 10.0, **options})
        except grpc.RpcError as error:
            return str(error.code().name)
        return "OK"


@dataclass(frozen=True)
class Answers:
    """The answers of the gateway, of a task's HTTP port and of its gRPC port to the same authorization."""

    gateway: httpx.Response
    task: httpx.Response
    rpc: str

    @property
    def statuses(self) -> tuple[int, int, str]:
        return self.gateway.status_code, self.task.status_code, self.rpc


REFUSED = (401, 401, "UNAUTHENTICATED")
ACCEPTED = (200, 200, "OK")


def answers_to(authorization: str | None, patient: Task) -> Answers:
    """Asks the patient service for patients in all three ways."""
    headers = {} if authorization is None else {"authorization": authorization}
    request = patient_v1_pb2.BatchGetPatientsRequest()
    return Answers(
        httpx.get(f"{settings.API_URL}/api/patients", params={"limit": 1}, headers=headers, timeout=30),
        httpx.get(f"{patient.url}/api/patients", params={"limit": 1}, headers=headers, timeout=30),
        patient.status_of("BatchGetPatients", request, authorization),
    )
