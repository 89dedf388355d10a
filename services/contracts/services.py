"""The services that run in containers. Standard library only, because the CDK app imports it."""

from __future__ import annotations

SERVICES = ("auth", "patient", "appointment", "billing", "notification")
"""The names of the services; each has a database and an OpenAPI document."""
