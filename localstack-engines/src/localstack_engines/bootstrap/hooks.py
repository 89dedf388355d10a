"""What the plugin does when LocalStack starts, is ready, and stops.

Imports are inside the functions: LocalStack imports this module before it has read its configuration.
"""

import logging
from types import ModuleType

from localstack.runtime import hooks

LOG = logging.getLogger(__name__)


@hooks.on_infra_start()
def start() -> None:
    """Removes what an earlier run left, registers CloudFormation's types and EventBridge's target, starts the parts."""
    from localstack_engines.bootstrap import (
        denied_connections,
        entry_points,
        introspection,
        unparsed_requests,
        vpc_endpoints,
    )
    from localstack_engines.cloudformation import resource_types
    from localstack_engines.core_types.cloudformation import answers
    from localstack_engines.iam.enforcement import handler as enforcement
    from localstack_engines.services.ecs.control import event_target
    from localstack_engines.toolkit import labels, settings

    # LocalStack logs the number and the text of each message. SNS keeps both at /_aws/sns/sms-messages.
    logging.getLogger("localstack.services.sns.publisher").setLevel(logging.WARNING)
    labels.remove_owned()
    settings.forget_state()
    resource_types.install(entry_points.RESOURCE_TYPE_MODULES)
    introspection.install()
    denied_connections.install()
    answers.install()
    unparsed_requests.install()
    vpc_endpoints.install()
    enforcement.install()
    event_target.install()
    for part in _parts():
        part.start()


@hooks.on_infra_ready()
def ready() -> None:
    """Logs the address at which clients find LocalStack."""
    from localstack_engines.toolkit import settings

    LOG.info("ready on %s", settings.endpoint_url())


@hooks.on_infra_shutdown()
def shutdown() -> None:
    """Stops the services with their tasks and databases first, then the parts below."""
    from localstack.services.plugins import SERVICE_PLUGINS

    from localstack_engines.bootstrap import entry_points
    from localstack_engines.metrics import collector
    from localstack_engines.toolkit import labels

    collector.stop()
    SERVICE_PLUGINS.stop_services(list(entry_points.SERVICES))
    for part in reversed(_parts()):
        part.stop()
    labels.remove_owned()


def _parts() -> list[ModuleType]:
    """Returns modules with `start()` and `stop()`, in the order in which they start."""
    from localstack_engines.core_types.kms import parsed_keys
    from localstack_engines.gateway import edge_proxy
    from localstack_engines.network import lifecycle as network
    from localstack_engines.services.ecr.engine import registry

    return [network, registry, parsed_keys, edge_proxy]
