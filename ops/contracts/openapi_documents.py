"""Collects the OpenAPI documents of the services, without starting any."""

from __future__ import annotations

import importlib
from typing import Any

from services.contracts.services import SERVICES


def openapi_documents() -> dict[str, dict[str, Any]]:
    """Returns the OpenAPI 3.1 document of each service by its name."""
    return {name: openapi_document(name) for name in SERVICES}


def openapi_document(service: str) -> dict[str, Any]:
    """Returns the document of one service. Importing its `main.app` needs neither database nor broker."""
    app = importlib.import_module(f"services.{service}.main").app
    document: dict[str, Any] = app.openapi()
    return document
