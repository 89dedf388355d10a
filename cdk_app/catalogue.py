"""The services of the system, one entry each: everything else about a service is derived from its entry.

To add a service: write its entry, its routes in `services/contracts/routes.py` and its folder under `services/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from services.contracts.routes import Route, routes_of

HTTP_PORT = 8080
GRPC_PORT = 50051


class Grant(Enum):
    """What a service may do beyond its own database and the broker."""

    SIGN_TOKENS = auto()
    """Sign access tokens with the KMS key, and read its public half."""
    SEED_ADMIN = auto()
    """Read the generated credentials of the first administrator."""
    SEND_EMAIL = auto()
    SEND_SMS = auto()


@dataclass(frozen=True, kw_only=True)
class Service:
    """One deployable service. `calls` names the services whose gRPC interface it uses."""

    name: str
    serves_grpc: bool = False
    calls: tuple[str, ...] = ()
    grants: frozenset[Grant] = frozenset()
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def title(self) -> str:
        """The name as CloudFormation's logical ids and outputs are written."""
        return self.name.capitalize()

    @property
    def routes(self) -> tuple[Route, ...]:
        """What the public API sends to this service."""
        return routes_of(self.name)


AUTH = Service(name="auth", grants=frozenset({Grant.SIGN_TOKENS, Grant.SEED_ADMIN}))
PATIENT = Service(name="patient", serves_grpc=True, calls=("billing",))
APPOINTMENT = Service(name="appointment", calls=("patient",))
BILLING = Service(name="billing", serves_grpc=True)
NOTIFICATION = Service(name="notification", grants=frozenset({Grant.SEND_EMAIL, Grant.SEND_SMS}))

SERVICES: Mapping[str, Service] = MappingProxyType(
    {service.name: service for service in (AUTH, PATIENT, APPOINTMENT, BILLING, NOTIFICATION)}
)
