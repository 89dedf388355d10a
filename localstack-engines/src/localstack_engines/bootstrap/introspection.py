"""GET /_localstack/engines: which providers and CloudFormation types really answer.

A plugin whose import fails is dropped without a word, and the caller then talks to
somebody else's provider; a test (and ``make doctor``) reads this instead of hoping.
"""

from typing import Any

from localstack_engines.bootstrap import entry_points as entrypoints
from localstack_engines.toolkit import ports, settings

PATH = f"/_localstack/{settings.NAME}"


class PluginResource:
    """The introspection endpoint."""

    def on_get(self, request: Any) -> dict:
        from localstack_engines.cloudformation import resource_types as registry

        return {
            "owner": settings.owner(),
            "endpoint": settings.endpoint_url(),
            "providers": {name: _provider(name) for name in ("cloudformation", *entrypoints.SERVICES)},
            "resource_types": {
                name: f"{provider.__module__}.{provider.__qualname__}"
                for name, provider in sorted(registry.resource_providers().items())
            },
            "failed_modules": registry.failures(),
            "ports": {str(port): purpose for port, purpose in ports.taken().items()},
        }


def _provider(name: str) -> str:
    """The class that answers for a service, or why none does."""
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
