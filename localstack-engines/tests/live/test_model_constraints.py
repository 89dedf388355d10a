"""Requests that do not fit the API's model are answered with the API's own errors, never with 500."""

from typing import Any

import pytest
from botocore.config import Config

from lab.errors import refused
from lab.localstack import client

NO_VALIDATION = Config(parameter_validation=False, inject_host_prefix=False)


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "sentence"),
    [
        ("ecs", "run_task", {}, "InvalidParameterException", "Value 'null' at 'taskDefinition'.*must not be null"),
        ("ecs", "list_services", {"launchType": "MOON"}, "InvalidParameterException", "enum value set"),
        ("ecr", "list_images", {"repositoryName": 7}, "InvalidParameterException", "must be of type string"),
        ("ecr", "describe_images", {"repositoryName": "a", "maxResults": "x"}, "SerializationException", "parsed"),
        ("rds", "reboot_db_instance", {}, "MissingParameter", "must contain the parameter DBInstanceIdentifier"),
        ("kafka", "list_clusters", {"MaxResults": 0}, "BadRequestException", "greater than or equal to 1"),
        ("kafka", "list_clusters", {"MaxResults": "x"}, "SerializationException", "parsed"),
        ("apigatewayv2", "create_api", {"Name": "a"}, "BadRequestException", "ProtocolType"),
        ("servicediscovery", "get_instance", {"ServiceId": "a"}, "InvalidInput", "InstanceId"),
        ("servicediscovery", "list_services", {"Filters": [{}]}, "InvalidInput", "Filters.1.member.Name"),
    ],
)
def test_a_request_that_does_not_fit_the_model(
    service: str, operation: str, request_: dict[str, Any], code: str, sentence: str
) -> None:
    refused(getattr(client(service, config=NO_VALIDATION), operation), code, sentence, **request_)
