"""EventBridge's parameters of an ECS target as arguments of RunTask."""

from localstack_engines.services.ecs.control.event_target import arguments, problem

NETWORK = {"awsvpcConfiguration": {"Subnets": ["subnet-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}}
PARAMETERS = {"TaskDefinitionArn": "arn", "LaunchType": "FARGATE", "TaskCount": 2, "NetworkConfiguration": NETWORK}


def test_parameters_become_arguments() -> None:
    assert arguments({**PARAMETERS, "Tags": [{"Key": "k", "Value": "v"}]}, "nightly", {"detail-type": "x"}) == {
        "taskDefinition": "arn",
        "launchType": "FARGATE",
        "count": 2,
        "networkConfiguration": {
            "awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
        },
        "tags": [{"key": "k", "value": "v"}],
        "startedBy": "events-rule/nightly",
    }


def test_the_input_overrides_containers_and_an_event_does_not() -> None:
    overrides = {"containerOverrides": [{"name": "app", "command": ["x"]}]}
    assert arguments(PARAMETERS, "r", overrides)["overrides"] == overrides
    assert arguments(PARAMETERS, "r", '{"containerOverrides": []}')["overrides"] == {"containerOverrides": []}
    assert "overrides" not in arguments(PARAMETERS, "r", {"detail-type": "t", "detail": {}, **overrides})
    assert "overrides" not in arguments(PARAMETERS, "r", "plain text")


def test_other_launch_types_are_refused() -> None:
    assert problem(PARAMETERS) is None
    assert problem({"LaunchType": "FARGATE"}) == "EcsParameters.TaskDefinitionArn is required for an ECS target."
    assert "no EXTERNAL launch type" in str(problem({**PARAMETERS, "LaunchType": "EXTERNAL"}))
    assert "Placement" in str(problem({**PARAMETERS, "PlacementStrategy": [{"type": "random"}]}))
    assert problem({**PARAMETERS, "LaunchType": "EC2", "PlacementStrategy": [{"type": "random"}]}) is None
