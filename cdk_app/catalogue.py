"""The services of the system. Everything that the stacks make for a service follows from its entry here.

To add a service, write its entry, its routes in `services/contracts/routes.py` and its folder under `services/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from types import MappingProxyType

from services.contracts import topics
from services.contracts.topics import Topic

HTTP_PORT = 8080
GRPC_PORT = 50051


class Grant(Enum):
    """A permission of a service beyond its own database and the broker."""

    SIGN_TOKENS = auto()
    """Sign access tokens in KMS. Every service reads the public keys."""
    SEED_ADMIN = auto()
    """Receive the generated credentials of the first administrator."""
    SEAL_SECRETS = auto()
    """Encrypt secrets for the services that may decrypt them."""
    UNSEAL_SECRETS = auto()
    SEND_EMAIL = auto()
    SEND_SMS = auto()


@dataclass(frozen=True, kw_only=True)
class Service:
    """A service of the system."""

    name: str
    serves_grpc: bool = False
    calls: tuple[str, ...] = ()
    """The names of the services that this one calls over gRPC."""
    publishes: tuple[Topic, ...] = ()
    consumes: tuple[Topic, ...] = ()
    """The topics whose events the service handles, in a consumer group that has the service's name."""
    grants: frozenset[Grant] = frozenset()
    environment: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Environment variables of the containers, in addition to those that every service has."""

    @property
    def title(self) -> str:
        """The name as it starts logical ids and output keys, for instance `Patient`."""
        return self.name.capitalize()


AUTH = Service(
    name="auth",
    publishes=(topics.USER,),
    grants=frozenset({Grant.SIGN_TOKENS, Grant.SEED_ADMIN, Grant.SEAL_SECRETS}),
)
PATIENT = Service(name="patient", publishes=(topics.PATIENT,), serves_grpc=True, calls=("appointment", "billing"))
APPOINTMENT = Service(
    name="appointment",
    publishes=(topics.APPOINTMENT,),
    consumes=(topics.PATIENT, topics.USER),
    serves_grpc=True,
    calls=("patient",),
)
BILLING = Service(
    name="billing", publishes=(topics.BILLING,), consumes=(topics.APPOINTMENT, topics.PATIENT), serves_grpc=True
)
NOTIFICATION = Service(
    name="notification",
    consumes=topics.TOPICS,
    grants=frozenset({Grant.SEND_EMAIL, Grant.SEND_SMS, Grant.UNSEAL_SECRETS}),
)

SERVICES: Mapping[str, Service] = MappingProxyType(
    {service.name: service for service in (AUTH, PATIENT, APPOINTMENT, BILLING, NOTIFICATION)}
)
"""Every service by name. All of them run in every stage."""
