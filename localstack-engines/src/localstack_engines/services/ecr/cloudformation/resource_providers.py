"""The CloudFormation type of ECR."""

from localstack_engines.services.ecr.cloudformation.repository import Repository

RESOURCE_PROVIDERS = {Repository.TYPE: Repository}
