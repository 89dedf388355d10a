"""The environment of a service's container, for tests that run its commands as processes."""

from __future__ import annotations

import os
import socket

from services.common.settings import ServiceSettings


def free_port() -> int:
    """Returns a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment_of(service: str, settings: ServiceSettings, **more: str) -> dict[str, str]:
    """Returns the environment variables: free ports, the database and brokers of the settings, and `more`."""
    return {
        **os.environ,
        "SERVICE_NAME": service,
        "HTTP_PORT": str(free_port()),
        "GRPC_PORT": str(free_port()),
        "DATABASE_HOST": settings.database_host,
        "DATABASE_PORT": str(settings.database_port),
        "DATABASE_NAME": settings.database_name,
        "DATABASE_USERNAME": settings.database_username,
        "DATABASE_PASSWORD": settings.database_password.get_secret_value(),
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        **more,
    }
