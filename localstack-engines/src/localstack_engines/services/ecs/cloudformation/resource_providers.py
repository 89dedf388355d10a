"""The CloudFormation types of ECS."""

from localstack_engines.services.ecs.cloudformation.task_definition import RESOURCE_PROVIDERS

__all__ = ["RESOURCE_PROVIDERS"]
