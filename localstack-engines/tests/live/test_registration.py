"""The plugin's classes answer. LocalStack drops a class that fails to load without an error."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

SERVICES = (
    "apigatewayv2",
    "application-autoscaling",
    "autoscaling",
    "cloudformation",
    "cloudwatch",
    "ecr",
    "ecs",
    "efs",
    "kafka",
    "rds",
    "servicediscovery",
)
TYPES = (
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::Deployment",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::ApiGatewayV2::VpcLink",
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::DynamoDB::Table",
    "AWS::EC2::EIP",
    "AWS::EC2::FlowLog",
    "AWS::EC2::InternetGateway",
    "AWS::EC2::Route",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
    "AWS::ECR::Repository",
    "AWS::ECS::Cluster",
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::Events::Rule",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Logs::LogGroup",
    "AWS::MSK::Cluster",
    "AWS::MSK::Configuration",
    "AWS::MSK::Topic",
    "AWS::RDS::DBInstance",
    "AWS::RDS::DBParameterGroup",
    "AWS::RDS::DBSubnetGroup",
    "AWS::RDS::EventSubscription",
    "AWS::RDS::OptionGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
    "AWS::SES::EmailIdentity",
    "AWS::Scheduler::Schedule",
    "AWS::SecretsManager::Secret",
    "AWS::SecretsManager::SecretTargetAttachment",
    "AWS::SNS::TopicPolicy",
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "AWS::ServiceDiscovery::Service",
)


@pytest.mark.parametrize("service", SERVICES)
def test_the_plugins_provider_answers(plugin: dict[str, Any], service: str) -> None:
    elsewhere = {"cloudformation": "cloudformation", "cloudwatch": "metrics"}
    package = elsewhere.get(service) or f"services.{service.replace('-', '')}"
    assert plugin["providers"][service].startswith(f"localstack_engines.{package}.")


@pytest.mark.parametrize("resource_type", TYPES)
def test_the_plugins_resource_type_answers(plugin: dict[str, Any], resource_type: str) -> None:
    assert plugin["resource_types"][resource_type].startswith("localstack_engines.")


def test_no_module_of_types_failed_to_load(plugin: dict[str, Any]) -> None:
    assert plugin["failed_modules"] == {}


@pytest.mark.parametrize(
    ("service", "operation", "arguments"),
    [
        ("ecs", "discover_poll_endpoint", {}),
        ("rds", "create_db_shard_group", {"DBShardGroupIdentifier": "s", "DBClusterIdentifier": "c", "MaxACU": 1}),
        ("kafka", "reject_client_vpc_connection", {"ClusterArn": "none", "VpcConnectionArn": "none"}),
        ("ecr", "describe_pull_through_cache_rules", {}),
        ("apigatewayv2", "list_portals", {}),
        ("servicediscovery", "create_public_dns_namespace", {"Name": "example.com"}),
    ],
)
def test_an_unsupported_operation_is_named_in_the_error(
    aws: Callable[..., Any], service: str, operation: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as error:
        getattr(aws(service), operation)(**arguments)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    name = "".join(part.title() for part in operation.split("_"))
    message = error.value.response["Error"]["Message"].lower()
    assert f"{name} is not supported by the local {service} service".lower() in message


def test_localstacks_own_services_answer(aws: Callable[..., Any], endpoint: str) -> None:
    assert aws("sts").get_caller_identity()["Account"] == "000000000000"
