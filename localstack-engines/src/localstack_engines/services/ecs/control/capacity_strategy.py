"""Divides tasks among the capacity providers of a strategy (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def launch_type_of(settings: Mapping[str, Any]) -> str:
    """Returns the launch type of tasks with these settings, which have a launch type or a strategy."""
    strategy = settings.get("capacityProviderStrategy")
    if not strategy:
        return str(settings.get("launchType") or "FARGATE")
    return "FARGATE" if strategy[0]["capacityProvider"] in FARGATE_PROVIDERS else "EC2"


def next_provider(strategy: Sequence[Mapping[str, Any]], counts: Mapping[str, int]) -> str:
    """Returns the provider of the next task. `counts` has the number of tasks of each provider.

    The base of a provider comes first, then the weights divide the other tasks.
    """
    for item in strategy:
        if counts.get(item["capacityProvider"], 0) < (item.get("base") or 0):
            return str(item["capacityProvider"])

    def load(item: Mapping[str, Any]) -> float:
        beyond_base = counts.get(item["capacityProvider"], 0) - (item.get("base") or 0)
        return (beyond_base + 1) / item["weight"]

    weighted = [item for item in strategy if item.get("weight")]
    return str((min(weighted, key=load) if weighted else strategy[0])["capacityProvider"])
