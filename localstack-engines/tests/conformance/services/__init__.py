"""The worlds of the six services, one module per service."""

from conformance.services import apigatewayv2, ecr, ecs, kafka, rds, servicediscovery

WORLDS = {
    "apigatewayv2": apigatewayv2.world,
    "ecr": ecr.world,
    "ecs": ecs.world,
    "kafka": kafka.world,
    "rds": rds.world,
    "servicediscovery": servicediscovery.world,
}
