"""The worlds of the services, one module per service."""

from conformance.services import apigatewayv2, ecr, ecs, elbv2, kafka, rds, servicediscovery

WORLDS = {
    "apigatewayv2": apigatewayv2.world,
    "ecr": ecr.world,
    "ecs": ecs.world,
    "elbv2": elbv2.world,
    "kafka": kafka.world,
    "rds": rds.world,
    "servicediscovery": servicediscovery.world,
}
