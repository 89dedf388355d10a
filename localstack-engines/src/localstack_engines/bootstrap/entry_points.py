"""What LocalStack finds in the plugin: its services and its CloudFormation types.

Services are imported inside the functions: a service costs nothing until its first request.
"""

from importlib import import_module

from localstack.services.plugins import Service, aws_provider

from localstack_engines.toolkit import settings

RESOURCE_TYPE_MODULES = (
    "localstack_engines.core_types.apigateway.resource_providers",
    "localstack_engines.core_types.cloudformation.resource_providers",
    "localstack_engines.core_types.cloudwatch.resource_providers",
    "localstack_engines.core_types.dynamodb.resource_providers",
    "localstack_engines.core_types.ec2.resource_providers",
    "localstack_engines.core_types.events.resource_providers",
    "localstack_engines.core_types.iam.resource_providers",
    "localstack_engines.core_types.kms.resource_providers",
    "localstack_engines.core_types.logs.resource_providers",
    "localstack_engines.core_types.s3.resource_providers",
    "localstack_engines.core_types.scheduler.resource_providers",
    "localstack_engines.core_types.secretsmanager.resource_providers",
    "localstack_engines.core_types.ses.resource_providers",
    "localstack_engines.core_types.sns.resource_providers",
    "localstack_engines.services.apigatewayv2.cloudformation.resource_providers",
    "localstack_engines.services.applicationautoscaling.cloudformation.resource_providers",
    "localstack_engines.services.autoscaling.cloudformation.resource_providers",
    "localstack_engines.services.ecr.cloudformation.resource_providers",
    "localstack_engines.services.ecs.cloudformation.resource_providers",
    "localstack_engines.services.efs.cloudformation.resource_providers",
    "localstack_engines.services.elbv2.cloudformation.resource_providers",
    "localstack_engines.services.kafka.cloudformation.resource_providers",
    "localstack_engines.services.lambda_.cloudformation.resource_providers",
    "localstack_engines.services.rds.cloudformation.resource_providers",
    "localstack_engines.services.servicediscovery.cloudformation.resource_providers",
)
"""Modules whose `RESOURCE_PROVIDERS` maps CloudFormation type names to classes."""

SERVICES = (
    "apigatewayv2",
    "application-autoscaling",
    "autoscaling",
    "ecr",
    "ecs",
    "efs",
    "elbv2",
    "kafka",
    "rds",
    "servicediscovery",
)


def _service(package: str) -> Service:
    return import_module(f"localstack_engines.{package}.provider").service()


def _in_memory(api: str) -> Service:
    from localstack_engines.core_services import provider

    return provider.service(api)


@aws_provider()
def apigatewayv2() -> Service:
    return _service("services.apigatewayv2")


@aws_provider(api="application-autoscaling")
def applicationautoscaling() -> Service:
    return _service("services.applicationautoscaling")


@aws_provider()
def autoscaling() -> Service:
    return _service("services.autoscaling")


@aws_provider(name=settings.NAME)
def cloudformation() -> Service:
    return _service("cloudformation")


@aws_provider(name=settings.NAME)
def cloudwatch() -> Service:
    return _service("metrics")


@aws_provider(name=settings.NAME)
def dynamodb() -> Service:
    return _in_memory("dynamodb")


@aws_provider(name=settings.NAME)
def dynamodbstreams() -> Service:
    return _in_memory("dynamodbstreams")


@aws_provider()
def ecr() -> Service:
    return _service("services.ecr")


@aws_provider()
def ecs() -> Service:
    return _service("services.ecs")


@aws_provider()
def efs() -> Service:
    return _service("services.efs")


@aws_provider()
def elbv2() -> Service:
    return _service("services.elbv2")


@aws_provider()
def kafka() -> Service:
    return _service("services.kafka")


@aws_provider(name=settings.NAME)
def kinesis() -> Service:
    return _in_memory("kinesis")


@aws_provider()
def rds() -> Service:
    return _service("services.rds")


@aws_provider()
def servicediscovery() -> Service:
    return _service("services.servicediscovery")
