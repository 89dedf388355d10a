"""What the valid requests about Express services need."""

from typing import Any

from conformance.worlds import Json, World, unique
from lab.ecs import IMAGE, ROLE


def calls(cluster: str, subnets: list[str]) -> dict[str, Any]:
    """Returns the requests of the operations on Express services."""

    def express(world: World) -> Json:
        return {"serviceArn": world.known["serviceArn"]}

    return {
        "CreateExpressGatewayService": {
            "cluster": cluster,
            "serviceName": unique(),
            "executionRoleArn": ROLE,
            "infrastructureRoleArn": ROLE,
            "networkConfiguration": {"subnets": subnets},
            "primaryContainer": {"image": IMAGE, "command": ["sleep", "60"]},
        },
        "DescribeExpressGatewayService": express,
        "UpdateExpressGatewayService": lambda world: {**express(world), "scalingTarget": {"maxTaskCount": 2}},
        "DeleteExpressGatewayService": express,
    }
