"""The Auto Scaling service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.services.autoscaling.api.groups import GroupOperations
from localstack_engines.services.autoscaling.api.launch_configurations import LaunchConfigurationOperations
from localstack_engines.services.autoscaling.store import Store
from localstack_engines.services.autoscaling.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class AutoScalingProvider(GroupOperations, LaunchConfigurationOperations):
    """The operations of the Auto Scaling API."""


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("autoscaling", AutoScalingProvider(Store()), SUPPORT)
