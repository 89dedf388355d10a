"""What happens when LocalStack starts, is ready, and stops."""

import importlib
import importlib.util
import logging

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)

ENGINES = (
    "localstack_engines.network.lifecycle",
    "localstack_engines.services.ecr.engine.registry",
    "localstack_engines.gateway.edge_proxy",
)
"""Modules with ``start()`` and ``stop()`` for what has to run before any request arrives."""


@hooks.on_infra_start()
def start() -> None:
    """Makes a clean slate, teaches CloudFormation our types, starts the engines."""
    from localstack_engines.bootstrap import introspection
    from localstack_engines.cloudformation import resource_types as registry
    from localstack_engines.toolkit import labels, settings

    labels.remove_owned()
    settings.forget_state()
    registry.install()
    introspection.install()
    for engine in _engines():
        engine.start()


@hooks.on_infra_ready()
def ready() -> None:
    """Says where clients find LocalStack."""
    from localstack_engines.toolkit import settings

    LOG.info("ready on %s", settings.endpoint_url())


@hooks.on_infra_shutdown()
def shutdown() -> None:
    """Stops services first (their tasks and databases), then what serves requests."""
    from localstack.services.plugins import SERVICE_PLUGINS

    from localstack_engines.bootstrap import entry_points as entrypoints
    from localstack_engines.toolkit import labels

    SERVICE_PLUGINS.stop_services(list(entrypoints.SERVICES))
    for engine in reversed(_engines()):
        engine.stop()
    labels.remove_owned()


def _engines() -> list:
    return [importlib.import_module(name) for name in ENGINES if _exists(name)]


def _exists(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False
