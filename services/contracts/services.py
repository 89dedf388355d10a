"""The names of the services that are deployed. Standard library only, because the CDK app imports it."""

from __future__ import annotations

SERVICES = ("auth", "patient", "appointment", "billing", "notification")
