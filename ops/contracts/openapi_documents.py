"""Collects the OpenAPI documents of the services that this repository has, without starting any.

The services are looked up by name: the contracts import none of them, and a service that is not there is left out.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

SERVICES = ("auth", "patient", "appointment", "billing", "notification")


def openapi_documents() -> dict[str, dict[str, Any]]:
    """Service name -> its OpenAPI 3.1 document, for the services with a `main` module."""
    return {name: openapi_document(name) for name in SERVICES if _exists(name)}


def openapi_document(service: str) -> dict[str, Any]:
    """The document of one service, from its `main.app`; importing it needs neither database nor broker."""
    app = importlib.import_module(f"services.{service}.main").app
    document: dict[str, Any] = app.openapi()
    return document


def _exists(service: str) -> bool:
    if importlib.util.find_spec(f"services.{service}") is None:
        return False
    return importlib.util.find_spec(f"services.{service}.main") is not None
