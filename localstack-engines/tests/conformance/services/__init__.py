"""The worlds of the services, one module per service."""

from conformance.services import (
    apigatewayv2,
    application_autoscaling,
    autoscaling,
    ecr,
    ecs,
    efs,
    elbv2,
    kafka,
    rds,
    servicediscovery,
)

WORLDS = {
    "apigatewayv2": apigatewayv2.world,
    "application-autoscaling": application_autoscaling.world,
    "autoscaling": autoscaling.world,
    "ecr": ecr.world,
    "ecs": ecs.world,
    "efs": efs.world,
    "elbv2": elbv2.world,
    "kafka": kafka.world,
    "rds": rds.world,
    "servicediscovery": servicediscovery.world,
}
