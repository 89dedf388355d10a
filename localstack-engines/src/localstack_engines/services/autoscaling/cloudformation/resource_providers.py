"""Auto Scaling's CloudFormation types."""

from localstack_engines.services.autoscaling.cloudformation.group import AutoScalingGroup
from localstack_engines.services.autoscaling.cloudformation.launch_configuration import LaunchConfiguration
from localstack_engines.services.autoscaling.cloudformation.lifecycle_hook import LifecycleHook

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (AutoScalingGroup, LaunchConfiguration, LifecycleHook)}
