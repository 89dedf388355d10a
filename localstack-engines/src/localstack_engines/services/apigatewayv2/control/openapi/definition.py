"""What an OpenAPI definition says about an HTTP API, as members of the requests that make the API."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


class InvalidDefinition(ValueError):
    """The definition cannot be imported. The message says why."""


@dataclass(frozen=True)
class ImportedRoute:
    """A route: its key, and the names of its integration and authorizer in the definition.

    `authorization` is the route's authorization type when it has no authorizer.
    """

    key: str
    integration: str | None = None
    authorizer: str | None = None
    scopes: list[str] = field(default_factory=list)
    operation_name: str | None = None
    authorization: str | None = None


@dataclass(frozen=True)
class Definition:
    """Members of CreateApi, requests of CreateIntegration and CreateAuthorizer by their names, and routes.

    `info` names what is valid and not for HTTP APIs, `warnings` what is invalid and was left out.
    """

    api: Json
    integrations: dict[str, Json]
    authorizers: dict[str, Json]
    routes: list[ImportedRoute]
    info: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
