"""The services that LocalStack finds through this distribution's entry points.

Imports are inside the functions: a service costs nothing until its first request.
"""

from importlib import import_module

from localstack.services.plugins import Service, aws_provider

SERVICES = ("apigatewayv2", "ecr", "ecs", "kafka", "rds", "servicediscovery")


def _service(package: str) -> Service:
    return import_module(f"localstack_engines.{package}.provider").service()


@aws_provider()
def apigatewayv2() -> Service:
    return _service("services.apigatewayv2")


@aws_provider(name="engines")
def cloudformation() -> Service:
    return _service("cloudformation")


@aws_provider()
def ecr() -> Service:
    return _service("services.ecr")


@aws_provider()
def ecs() -> Service:
    return _service("services.ecs")


@aws_provider()
def kafka() -> Service:
    return _service("services.kafka")


@aws_provider()
def rds() -> Service:
    return _service("services.rds")


@aws_provider()
def servicediscovery() -> Service:
    return _service("services.servicediscovery")
