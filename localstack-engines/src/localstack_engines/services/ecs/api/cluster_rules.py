"""The rules for clusters and their capacity providers, in ECS's words."""

import re
from typing import Any

from localstack_engines.services.ecs.control.capacity_strategy import FARGATE_PROVIDERS
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Store

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_SETTINGS = {"containerInsights": ("enabled", "disabled", "enhanced")}


def check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise invalid_parameter("Cluster names have 1 to 255 letters, numbers, hyphens and underscores.")


def check_settings(settings: list[dict[str, str]]) -> None:
    """Raises InvalidParameterException for a setting that clusters do not have, or for a value it cannot have."""
    for setting in settings:
        name, value = setting.get("name"), setting.get("value")
        if name not in _SETTINGS:
            raise invalid_parameter(f"Unknown cluster setting '{name}'.")
        if value not in _SETTINGS[name]:
            raise invalid_parameter(f"Invalid value '{value}' of the cluster setting {name}.")


def check_association(store: Store, scope: Scope, strategy: list[dict[str, Any]]) -> None:
    """Raises InvalidParameterException for a strategy with a capacity provider that the cluster does not have."""
    if not {item["capacityProvider"] for item in strategy} <= set(store.provider_names(scope)):
        raise invalid_parameter(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with "
            "the cluster. Associate the capacity provider with the cluster and try again."
        )


def check_capacity_providers(
    store: Store, scope: Scope, providers: list[str] | None, strategy: list[dict[str, Any]]
) -> None:
    """Raises InvalidParameterException for a provider that does not exist, or a strategy with one not in the list."""
    named = [item["capacityProvider"] for item in strategy]
    for provider in [*(providers or []), *named]:
        if provider not in FARGATE_PROVIDERS and store.provider(scope, provider) is None:
            raise invalid_parameter(f"The specified capacity provider '{provider}' was not found.")
    if providers is not None and not set(named) <= set(providers):
        raise invalid_parameter("The default strategy names a capacity provider that the cluster does not have.")
    if len({provider in FARGATE_PROVIDERS for provider in named}) > 1:
        raise invalid_parameter(
            "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and "
            "Fargate providers."
        )
    for item in strategy:
        if not 0 <= (item.get("weight") or 0) <= 1000 or not 0 <= (item.get("base") or 0) <= 100_000:
            raise invalid_parameter("A capacity provider's weight is 0 to 1000 and its base 0 to 100,000.")
    if sum(1 for item in strategy if item.get("base")) > 1:
        raise invalid_parameter("Only one capacity provider of a strategy can have a base.")
