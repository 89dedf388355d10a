"""Makes one OpenAPI document from those of the services."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from services import contracts
from services.contracts.routes import ROUTES

PUBLISHED = Path(contracts.__file__).parent / "published" / "openapi"

_DESCRIPTION = (
    "The services of the Patient Management System behind one HTTP API. Get a token from `POST /auth/login`, "
    "then press *Authorize* and paste the `access_token`."
)
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})


def published_documents(folder: Path = PUBLISHED) -> dict[str, dict[str, Any]]:
    """Returns the published document of each service, by the service's name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def aggregated(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Returns one document with every operation that the gateway routes. Its tag is the name of the service.

    The server's URL is relative to the document's, so that it is right for all URLs of the API.
    """
    paths: dict[str, Any] = {}
    components: dict[str, dict[str, Any]] = {}
    for service, document in documents.items():
        document = _namespaced(service, document)
        for path, item in document.get("paths", {}).items():
            operations = _routed(service, path, item)
            if operations:
                paths.setdefault(path, {}).update(operations)
        for kind, entries in document.get("components", {}).items():
            components.setdefault(kind, {}).update(entries)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Patient Management System", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": "."}],
        "tags": [{"name": service} for service in documents],
        "paths": paths,
        "components": components,
    }


def _routed(service: str, path: str, item: dict[str, Any]) -> dict[str, Any]:
    """Returns those of the path's operations that the gateway has routes for. Names of parameters may differ."""
    routed = {(route.method, _shape(route.path)) for route in ROUTES if route.service == service}
    operations: dict[str, Any] = {}
    for method, operation in item.items():
        if method not in _METHODS:
            operations[method] = operation
        elif (method.upper(), _shape(path)) in routed:
            identifier = f"{service}_{operation.get('operationId', method + path)}"
            operations[method] = {**operation, "tags": [service], "operationId": identifier}
    return operations if operations.keys() & _METHODS else {}


def _shape(path: str) -> tuple[str, ...]:
    """Returns the segments of a path, without the names of its parameters."""
    return tuple("{}" if part.startswith("{") else part for part in path.split("/"))


def _namespaced(service: str, document: dict[str, Any]) -> dict[str, Any]:
    """Adds the service as a prefix to names, because two services may use the same. Security schemes are shared."""
    kinds = document.get("components", {}).keys() - {"securitySchemes"}

    def renamed(node: Any) -> Any:
        if isinstance(node, list):
            return [renamed(item) for item in node]
        if not isinstance(node, dict):
            return node
        return {
            key: _reference(service, kinds, value) if key == "$ref" else renamed(value) for key, value in node.items()
        }

    result: dict[str, Any] = renamed(document)
    for kind in kinds:
        result["components"][kind] = {f"{service}.{name}": entry for name, entry in result["components"][kind].items()}
    return result


def _reference(service: str, kinds: set[str], reference: Any) -> Any:
    parts = reference.split("/") if isinstance(reference, str) else []
    if len(parts) == 4 and parts[:2] == ["#", "components"] and parts[2] in kinds:
        return "/".join([*parts[:3], f"{service}.{parts[3]}"])
    return reference
