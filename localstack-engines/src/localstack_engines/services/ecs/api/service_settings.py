"""The settings of services: their names, their defaults, and those that the local ECS does not support."""

from typing import Any

from localstack_engines.services.ecs.errors import invalid_parameter

Settings = dict[str, Any]

_DEFAULT_DEPLOYMENT = {"minimumHealthyPercent": 100, "maximumPercent": 200}
_REVISION = (
    "taskDefinition",
    "networkConfiguration",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "serviceRegistries",
    "enableExecuteCommand",
    "propagateTags",
)
"""A change of one of these needs new tasks."""
_SETTINGS = (
    *_REVISION,
    "healthCheckGracePeriodSeconds",
    "enableECSManagedTags",
    "deploymentConfiguration",
    "availabilityZoneRebalancing",
)


def updated_settings(current: Settings, request: dict[str, Any]) -> Settings:
    """Returns the current settings (none for a new service), changed by those that the request gives."""
    settings = {**current, **{key: request[key] for key in _SETTINGS if request.get(key) is not None}}
    given = {k: v for k, v in (request.get("deploymentConfiguration") or {}).items() if v is not None}
    settings["deploymentConfiguration"] = {
        **_DEFAULT_DEPLOYMENT,
        **(current.get("deploymentConfiguration") or {}),
        **given,
    }
    return settings


def set_defaults(settings: Settings) -> None:
    """Adds defaults for the settings that the caller did not give."""
    settings["platformVersion"] = settings.get("platformVersion") or "LATEST"
    settings.setdefault("serviceRegistries", [])
    settings.setdefault("propagateTags", "NONE")
    settings.setdefault("enableExecuteCommand", False)
    settings.setdefault("enableECSManagedTags", False)


def revision(settings: Settings) -> Settings:
    """Returns the settings whose change needs new tasks."""
    return {key: settings.get(key) for key in _REVISION}


def refuse_unsupported(request: dict[str, Any]) -> None:
    """Raises InvalidParameterException for what the local ECS does not support."""
    controller = (request.get("deploymentController") or {}).get("type", "ECS")
    if controller != "ECS":
        raise invalid_parameter(f"The local ECS has no deployment controller {controller}.")
    if request.get("loadBalancers"):
        raise invalid_parameter("The local ECS has no load balancers: use serviceRegistries.")
    if (request.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise invalid_parameter("The local ECS has no Service Connect: use serviceRegistries.")
    if request.get("schedulingStrategy", "REPLICA") != "REPLICA":
        raise invalid_parameter("The DAEMON scheduling strategy is not supported on Fargate.")
