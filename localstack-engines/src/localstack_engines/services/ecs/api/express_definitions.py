"""The settings of Express services as task definitions, and back (pure)."""

from typing import Any

from localstack_engines.services.ecs.express_models import MAIN
from localstack_engines.services.ecs.models import Scope

Json = dict[str, Any]

_OF_TASK = ("executionRoleArn", "taskRoleArn", "cpu", "memory")
_COPIED = ("image", "command", "environment", "secrets", "repositoryCredentials")


def request(scope: Scope, name: str, settings: Json) -> Json:
    """Returns the RegisterTaskDefinition request for the settings of a service, which are complete."""
    container = settings["primaryContainer"]
    logs = container["awsLogsConfiguration"]
    main = {
        "name": MAIN,
        "essential": True,
        "portMappings": [{"name": "main", "containerPort": container["containerPort"], "protocol": "tcp"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs["logGroup"],
                "awslogs-region": scope.region,
                "awslogs-stream-prefix": logs["logStreamPrefix"],
            },
        },
        **{member: container[member] for member in _COPIED if container.get(member)},
    }
    return {
        "family": f"{scope.cluster}-{name}"[:255],
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [main],
        **{member: settings[member] for member in _OF_TASK if settings.get(member)},
    }


def settings(definition: Json) -> Json:
    """Returns the settings that a task definition of a service was made of."""
    main = next(one for one in definition["containerDefinitions"] if one["name"] == MAIN)
    options = (main.get("logConfiguration") or {}).get("options") or {}
    logs = {"logGroup": options.get("awslogs-group"), "logStreamPrefix": options.get("awslogs-stream-prefix")}
    container = {
        **{member: main[member] for member in _COPIED if main.get(member)},
        "containerPort": main["portMappings"][0]["containerPort"],
        "awsLogsConfiguration": logs,
    }
    return {
        **{member: definition[member] for member in _OF_TASK if definition.get(member)},
        "primaryContainer": container,
    }
