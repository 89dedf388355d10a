"""ECR's CloudFormation types."""

from localstack_engines.services.ecr.cloudformation.repository import Repository

RESOURCE_PROVIDERS = {Repository.TYPE: Repository}
