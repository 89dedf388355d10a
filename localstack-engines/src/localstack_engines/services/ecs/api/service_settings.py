"""The settings of services: their names, their defaults, and the revision whose change needs new tasks."""

from typing import Any

from localstack_engines.services.ecs.control.capacity_strategy import launch_type_of

Settings = dict[str, Any]

_DEFAULT_DEPLOYMENT = {"minimumHealthyPercent": 100, "maximumPercent": 200}
_DEFAULT_OF_DAEMONS = {"minimumHealthyPercent": 0, "maximumPercent": 100}
_REVISION = (
    "taskDefinition",
    "networkConfiguration",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "serviceRegistries",
    "loadBalancers",
    "enableExecuteCommand",
    "propagateTags",
    "placementConstraints",
    "placementStrategy",
)
"""A change of one of these needs new tasks."""
_SETTINGS = (
    *_REVISION,
    "healthCheckGracePeriodSeconds",
    "enableECSManagedTags",
    "deploymentConfiguration",
    "availabilityZoneRebalancing",
    "schedulingStrategy",
)


def updated_settings(current: Settings, request: dict[str, Any]) -> Settings:
    """Returns the current settings (none for a new service), changed by those that the request gives."""
    settings = {**current, **{key: request[key] for key in _SETTINGS if request.get(key) is not None}}
    given = {k: v for k, v in (request.get("deploymentConfiguration") or {}).items() if v is not None}
    settings["deploymentConfiguration"] = {
        **(_DEFAULT_OF_DAEMONS if settings.get("schedulingStrategy") == "DAEMON" else _DEFAULT_DEPLOYMENT),
        **(current.get("deploymentConfiguration") or {}),
        **given,
    }
    return settings


def set_defaults(settings: Settings) -> None:
    """Adds defaults for the settings that the caller did not give."""
    if launch_type_of(settings) == "FARGATE":
        settings["platformVersion"] = settings.get("platformVersion") or "LATEST"
    for member in ("serviceRegistries", "loadBalancers", "placementConstraints", "placementStrategy"):
        settings.setdefault(member, [])
    settings.setdefault("propagateTags", "NONE")
    settings.setdefault("enableExecuteCommand", False)
    settings.setdefault("enableECSManagedTags", False)


def revision(settings: Settings) -> Settings:
    """Returns the settings whose change needs new tasks."""
    return {key: settings.get(key) for key in _REVISION}
