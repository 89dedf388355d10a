"""GET /_localstack/engines: the classes that answer for each service and each CloudFormation type.

LocalStack drops a provider whose import fails without an error, and another one then answers. A test
reads this endpoint to see that this did not happen.
"""

from typing import Any

from localstack_engines.bootstrap import entry_points
from localstack_engines.metrics import period
from localstack_engines.toolkit import ports, settings

PATH = f"/_localstack/{settings.NAME}"


class PluginResource:
    """The introspection endpoint."""

    def on_get(self, request: Any) -> dict:
        from localstack_engines.cloudformation import resource_types

        return {
            "owner": settings.owner(),
            "endpoint": settings.endpoint_url(),
            "providers": {name: _provider(name) for name in ("cloudformation", "cloudwatch", *entry_points.SERVICES)},
            "resource_types": {
                name: f"{provider.__module__}.{provider.__qualname__}"
                for name, provider in sorted(resource_types.resource_providers().items())
            },
            "failed_modules": resource_types.failures(),
            "metric_seconds": period.seconds(),
            "ports": {str(port): purpose for port, purpose in ports.taken().items()},
        }


def _provider(name: str) -> str:
    """Returns the class that answers for a service, or the error that its import raised."""
    from localstack.services.plugins import SERVICE_PLUGINS

    try:
        provider = SERVICE_PLUGINS.require(name)._provider
    except Exception as error:
        return f"error: {error}"
    return f"{type(provider).__module__}.{type(provider).__qualname__}"


def install() -> None:
    """Adds the endpoint to LocalStack's internal API."""
    from localstack.services.internal import get_internal_apis
    from rolo import Resource

    get_internal_apis().add(Resource(PATH, PluginResource()))
