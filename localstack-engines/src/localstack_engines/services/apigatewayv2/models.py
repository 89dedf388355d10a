"""Records that moto does not have."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.toolkit import settings


def domain(api_id: str) -> str:
    """Returns host and port of an API's endpoint."""
    return f"{api_id}.execute-api.{settings.endpoint_host()}:{settings.edge_port()}"


@dataclass(frozen=True)
class Resources:
    """What a stage serves: moto's records by their ids."""

    routes: dict[str, Any]
    integrations: dict[str, Any]
    authorizers: dict[str, Any]
    models: dict[str, Any]


@dataclass
class Deployment:
    """A copy of what an API had when it was deployed."""

    id: str
    resources: Resources
    description: str | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class ApiMapping:
    """A stage of an API at a custom domain name. `key` is the beginning of its paths, or empty."""

    id: str
    key: str
    api_id: str
    stage: str


@dataclass(frozen=True)
class DomainName:
    """A custom domain name. `target` is the name that its DNS record points to."""

    name: str
    account: str
    region: str
    target: str
    configurations: tuple[dict[str, Any], ...]
    tags: dict[str, str] = field(default_factory=dict)
    mappings: tuple[ApiMapping, ...] = ()

    @property
    def certificate_arn(self) -> str:
        return str(self.configurations[0]["CertificateArn"])


@dataclass(frozen=True)
class AccessLogSettings:
    """`account` is the API's owner. `format` contains variables of the kind `$context.requestId`."""

    account: str
    destination_arn: str
    format: str
