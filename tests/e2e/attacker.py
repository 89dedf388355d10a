"""What an attacker has: tokens of any shape, every door of the system, and an ear for what is fetched."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import grpc
import httpx
from google.protobuf.message_factory import GetMessageClass

from ops import aws, settings
from services.contracts.proto import billing_v1_pb2, patient_v1_pb2

HTTP_PORT, GRPC_PORT = 8080, 50051
SIGNING_KEY = "alias/pms-signing"
GRPC_SERVICES = {
    "patient": patient_v1_pb2.DESCRIPTOR.services_by_name["PatientService"],
    "billing": billing_v1_pb2.DESCRIPTOR.services_by_name["BillingService"],
}


@dataclass(frozen=True)
class Forger:
    """Makes tokens out of a good one: what is wrong with each is the change and nothing else."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def of(cls, token: str) -> Forger:
        head, payload, _ = token.split(".")
        return cls(json.loads(_decoded(head)), json.loads(_decoded(payload)))

    def unsigned(self, headers: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Header and claims without the last part; a value of None leaves one out."""
        parts = ({**self.header, **(headers or {})}, {**self.claims, **claims})
        kept = ({name: value for name, value in part.items() if value is not None} for part in parts)
        return ".".join(encoded(json.dumps(part).encode()) for part in kept)

    def signed(self, headers: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Signed with the system's own key, which is more than any attacker could do."""
        text = self.unsigned(headers, **claims)
        answer = aws.client("kms").sign(
            KeyId=SIGNING_KEY,
            Message=text.encode(),
            MessageType="RAW",
            SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
        )
        return f"{text}.{encoded(answer['Signature'])}"


def encoded(data: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Task:
    """One task of a service, reached past the gateway."""

    service: str
    address: str

    @classmethod
    def of(cls, service: str) -> Task:
        running = next(task for task in aws.tasks(service) if task["lastStatus"] == "RUNNING")
        details = {item["name"]: item["value"] for item in running["attachments"][0]["details"]}
        return cls(service, details["privateIPv4Address"])

    @property
    def url(self) -> str:
        return f"http://{self.address}:{HTTP_PORT}"

    def call(self, method: str, request: Any, authorization: str | None, **options: Any) -> Any:
        """A gRPC call without anything that our own clients add: no deadline unless `timeout` is given.

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
        """The status with which such a call ends; 10 s are given unless said otherwise."""
        try:
            self.call(method, request, authorization, **{"timeout": 10.0, **options})
        except grpc.RpcError as error:
            return str(error.code().name)
        return "OK"


@dataclass(frozen=True)
class Answers:
    """What the three doors of the patient service said to one authorization."""

    gateway: httpx.Response
    task: httpx.Response
    rpc: str

    @property
    def statuses(self) -> tuple[int, int, str]:
        return self.gateway.status_code, self.task.status_code, self.rpc


REFUSED = (401, 401, "UNAUTHENTICATED")
WELCOME = (200, 200, "OK")


def knock(patient: Task, authorization: str | None) -> Answers:
    """Asks for patients through the gateway, and past it over REST and gRPC."""
    headers = {} if authorization is None else {"authorization": authorization}
    request = patient_v1_pb2.BatchGetPatientsRequest()
    return Answers(
        httpx.get(f"{settings.API_URL}/api/patients", params={"limit": 1}, headers=headers, timeout=30),
        httpx.get(f"{patient.url}/api/patients", params={"limit": 1}, headers=headers, timeout=30),
        patient.status_of("BatchGetPatients", request, authorization),
    )


@contextmanager
def trap(host: str) -> Iterator[tuple[str, list[str]]]:
    """An HTTP server's address, and the paths that were asked of it meanwhile."""
    visits: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}", visits
    finally:
        server.shutdown()
        server.server_close()
