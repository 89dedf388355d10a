"""Application Auto Scaling's CloudFormation types."""

from localstack_engines.services.applicationautoscaling.cloudformation.scalable_target import ScalableTarget
from localstack_engines.services.applicationautoscaling.cloudformation.scaling_policy import ScalingPolicy

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (ScalableTarget, ScalingPolicy)}
