"""What the plugin says about itself.

GET /_localstack/engines: the classes that answer for each service and each CloudFormation type. LocalStack drops a
provider whose import fails without an error, and another one then answers. A test reads this endpoint to see that this
did not happen.

GET /_localstack/engines/ca-bundle.pem: the authority that clients of the engines trust, as those of RDS trust AWS's
bundle.
"""

from typing import Any

from localstack_engines.bootstrap import entry_points
from localstack_engines.iam.enforcement.mode import mode
from localstack_engines.metrics import period
from localstack_engines.network.endpoints.mode import mode as vpc_endpoints_mode
from localstack_engines.toolkit import ports, settings
from localstack_engines.toolkit.process.certificate import certificate

PATH = f"/_localstack/{settings.NAME}"
BUNDLE_PATH = f"{PATH}/ca-bundle.pem"


class PluginResource:
    """The introspection endpoint."""

    def on_get(self, request: Any) -> dict:
        from localstack_engines.cloudformation import resource_types

        return {
            "owner": settings.owner(),
            "endpoint": settings.endpoint_url(),
            "iam": mode(),
            "vpc_endpoints": vpc_endpoints_mode(),
            "providers": {name: _provider(name) for name in ("cloudformation", "cloudwatch", *entry_points.SERVICES)},
            "resource_types": {
                name: f"{provider.__module__}.{provider.__qualname__}"
                for name, provider in sorted(resource_types.resource_providers().items())
            },
            "failed_modules": resource_types.failures(),
            "metric_seconds": period.seconds(),
            "ports": {str(port): purpose for port, purpose in ports.taken().items()},
        }


class BundleResource:
    """The certificate that all engines have. It signs itself, so a client that trusts it can verify each of them."""

    def on_get(self, request: Any) -> Any:
        from rolo import Response

        return Response(certificate()[0].read_text(), mimetype="application/x-pem-file")


def _provider(name: str) -> str:
    """Returns the class that answers for a service, or the error that its import raised."""
    from localstack.services.plugins import SERVICE_PLUGINS

    try:
        provider = SERVICE_PLUGINS.require(name)._provider
    except Exception as error:
        return f"error: {error}"
    return f"{type(provider).__module__}.{type(provider).__qualname__}"


def install() -> None:
    """Adds the endpoints to LocalStack's internal API."""
    from localstack.services.internal import get_internal_apis
    from rolo import Resource

    get_internal_apis().add(Resource(PATH, PluginResource()))
    get_internal_apis().add(Resource(BUNDLE_PATH, BundleResource()))
