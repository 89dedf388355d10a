"""A property that is removed from a template goes back to AWS's default, for every type.

Each case deploys a resource with the least properties, with more, and with the least again. The first and the last
description have to be equal.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from lab.stacks import DeployFailed, Stack

Json = dict[str, Any]
Aws = Callable[..., Any]

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}],
}
LIFECYCLE = (
    '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":5},'
    '"action":{"type":"expire"}}]}'
)
TAGS = [{"Key": "a", "Value": "b"}]
BUCKET_SETTINGS = (
    "get_bucket_cors",
    "get_bucket_lifecycle_configuration",
    "get_bucket_ownership_controls",
    "get_bucket_tagging",
    "get_bucket_website",
    "get_public_access_block",
)
VOLATILE = {
    "DeploymentId",  # a stage keeps its deployment
    "LastModified",
    "LastUpdatedDate",
    "LatestRestorableTime",
    "NextRotationDate",
    "ResponseMetadata",
    "RevisionId",
}


@dataclass
class Case:
    """A resource `X` of a type: its least properties, those that are added and removed, and what describes it."""

    kind: str
    least: Json
    more: Json
    describe: Callable[[Aws, str, dict[str, str]], Any]
    others: Json = field(default_factory=dict)
    outputs: Json = field(default_factory=dict)
    after: str | None = None

    def resources(self, *properties: Json) -> Json:
        merged = {name: value for some in properties for name, value in some.items()}
        dependency = {"DependsOn": self.after} if self.after else {}
        return {**self.others, "X": {"Type": self.kind, "Properties": merged, **dependency}}


def ref(name: str) -> Json:
    return {"Ref": name}


def typed(kind: str, **properties: Any) -> Json:
    return {"Type": kind, "Properties": properties}


API = {"Api": typed("AWS::ApiGatewayV2::Api", Name="n", ProtocolType="HTTP")}
INTEGRATION = {"ApiId": ref("Api"), "IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://a.example/"}
ROUTE = {"Route": typed("AWS::ApiGatewayV2::Route", ApiId=ref("Api"), RouteKey="GET /a")}
VPC = {"Vpc": typed("AWS::EC2::VPC", CidrBlock="10.197.0.0/16")}

CASES = [
    Case(
        "AWS::ApiGatewayV2::Api",
        {"Name": "n", "ProtocolType": "HTTP"},
        {
            "Description": "d",
            "Version": "1.0",
            "CorsConfiguration": {"MaxAge": 5},
            "DisableExecuteApiEndpoint": True,
            "Tags": {"a": "b"},
        },
        lambda aws, name, out: aws("apigatewayv2").get_api(ApiId=name),
    ),
    Case(
        "AWS::ApiGatewayV2::Stage",
        {"ApiId": ref("Api"), "StageName": "s"},
        {
            "AutoDeploy": True,
            "Description": "d",
            "DefaultRouteSettings": {"ThrottlingBurstLimit": 5, "DetailedMetricsEnabled": True},
            "RouteSettings": {"GET /a": {"ThrottlingBurstLimit": 5}},
            "StageVariables": {"a": "b"},
            "AccessLogSettings": {"DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:g", "Format": "x"},
            "Tags": {"a": "b"},
        },
        lambda aws, name, out: aws("apigatewayv2").get_stage(ApiId=out["Api"], StageName=name),
        {**API, **ROUTE},
        {"Api": ref("Api")},
        after="Route",
    ),
    Case(
        "AWS::ApiGatewayV2::Integration",
        {**INTEGRATION, "IntegrationMethod": "GET"},
        {
            "Description": "d",
            "TimeoutInMillis": 500,
            "RequestParameters": {"append:header.a": "b"},
            "ResponseParameters": {"200": {"ResponseParameters": [{"Destination": "append:header.a", "Source": "b"}]}},
        },
        lambda aws, name, out: aws("apigatewayv2").get_integration(ApiId=out["Api"], IntegrationId=name),
        API,
        {"Api": ref("Api")},
    ),
    Case(
        "AWS::ApiGatewayV2::Route",
        {"ApiId": ref("Api"), "RouteKey": "GET /b"},
        {"OperationName": "o", "Target": {"Fn::Sub": "integrations/${I}"}},
        lambda aws, name, out: aws("apigatewayv2").get_route(ApiId=out["Api"], RouteId=name),
        {**API, "I": typed("AWS::ApiGatewayV2::Integration", **INTEGRATION, IntegrationMethod="GET")},
        {"Api": ref("Api")},
    ),
    Case(
        "AWS::ApiGatewayV2::Authorizer",
        {
            "ApiId": ref("Api"),
            "Name": "n",
            "AuthorizerType": "REQUEST",
            "AuthorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:f",
            "AuthorizerPayloadFormatVersion": "2.0",
        },
        {
            "AuthorizerResultTtlInSeconds": 30,
            "EnableSimpleResponses": True,
            "IdentitySource": ["$request.header.Authorization"],
        },
        lambda aws, name, out: aws("apigatewayv2").get_authorizer(ApiId=out["Api"], AuthorizerId=name),
        API,
        {"Api": ref("Api")},
    ),
    Case(
        "AWS::ApiGatewayV2::Deployment",
        {"ApiId": ref("Api")},
        {"Description": "d"},
        lambda aws, name, out: aws("apigatewayv2").get_deployment(ApiId=out["Api"], DeploymentId=name),
        {**API, **ROUTE},
        {"Api": ref("Api")},
        after="Route",
    ),
    Case(
        "AWS::ECR::Repository",
        {},
        {
            "ImageTagMutability": "IMMUTABLE",
            "LifecyclePolicy": {"LifecyclePolicyText": LIFECYCLE},
            "RepositoryPolicyText": POLICY,
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            aws("ecr").describe_repositories(repositoryNames=[name])["repositories"],
            answer_or_error(aws("ecr").get_lifecycle_policy, repositoryName=name),
            answer_or_error(aws("ecr").get_repository_policy, repositoryName=name),
        ],
    ),
    Case(
        "AWS::ECS::Cluster",
        {},
        {
            "ClusterSettings": [{"Name": "containerInsights", "Value": "enabled"}],
            "CapacityProviders": ["FARGATE"],
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}],
            "Tags": TAGS,
        },
        lambda aws, name, out: aws("ecs").describe_clusters(
            clusters=[name], include=["SETTINGS", "CONFIGURATIONS", "TAGS"]
        )["clusters"],
    ),
    Case(
        "AWS::IAM::Role",
        {"AssumeRolePolicyDocument": TRUST},
        {
            "Description": "d",
            "MaxSessionDuration": 7200,
            "ManagedPolicyArns": [ref("Boundary")],
            "PermissionsBoundary": ref("Boundary"),
            "Policies": [{"PolicyName": "p", "PolicyDocument": POLICY}],
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            aws("iam").get_role(RoleName=name)["Role"],
            aws("iam").list_role_policies(RoleName=name)["PolicyNames"],
            aws("iam").list_attached_role_policies(RoleName=name)["AttachedPolicies"],
        ],
        {"Boundary": typed("AWS::IAM::ManagedPolicy", PolicyDocument=POLICY)},
    ),
    Case(
        "AWS::KMS::Key",
        {},
        {
            "Description": "d",
            "Enabled": False,
            "EnableKeyRotation": True,
            "RotationPeriodInDays": 100,
            "KeyPolicy": KEY_POLICY,
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            aws("kms").describe_key(KeyId=name)["KeyMetadata"],
            aws("kms").get_key_rotation_status(KeyId=name),
            aws("kms").list_resource_tags(KeyId=name)["Tags"],
        ],
    ),
    Case(
        "AWS::Lambda::Function",
        {
            "Code": {"ZipFile": "def handler(event, context): return 1"},
            "Role": "arn:aws:iam::000000000000:role/r",
            "Handler": "index.handler",
            "Runtime": "python3.13",
        },
        {
            "Description": "d",
            "MemorySize": 256,
            "Timeout": 9,
            "Environment": {"Variables": {"a": "b"}},
            "EphemeralStorage": {"Size": 600},
            "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "g"},
            "ReservedConcurrentExecutions": 2,
            "TracingConfig": {"Mode": "Active"},
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            aws("lambda").get_function_configuration(FunctionName=name),
            aws("lambda").get_function_concurrency(FunctionName=name),
        ],
    ),
    Case(
        "AWS::Logs::LogGroup",
        {},
        {"RetentionInDays": 7, "Tags": TAGS},
        lambda aws, name, out: aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"],
    ),
    Case(
        "AWS::EC2::VPC",
        {"CidrBlock": "10.196.0.0/16"},
        {"EnableDnsHostnames": True, "EnableDnsSupport": False, "Tags": TAGS},
        lambda aws, name, out: [
            aws("ec2").describe_vpcs(VpcIds=[name])["Vpcs"],
            aws("ec2").describe_vpc_attribute(VpcId=name, Attribute="enableDnsSupport"),
            aws("ec2").describe_vpc_attribute(VpcId=name, Attribute="enableDnsHostnames"),
        ],
    ),
    Case(
        "AWS::EC2::Subnet",
        {"VpcId": ref("Vpc"), "CidrBlock": "10.197.1.0/24"},
        {"MapPublicIpOnLaunch": True, "Tags": TAGS},
        lambda aws, name, out: aws("ec2").describe_subnets(SubnetIds=[name])["Subnets"],
        VPC,
    ),
    Case(
        "AWS::EC2::SecurityGroup",
        {"VpcId": ref("Vpc"), "GroupDescription": "d"},
        {
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}],
            "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 81, "ToPort": 81, "CidrIp": "10.0.0.0/8"}],
            "Tags": TAGS,
        },
        lambda aws, name, out: aws("ec2").describe_security_groups(GroupIds=[name])["SecurityGroups"],
        VPC,
    ),
    Case(
        "AWS::S3::Bucket",
        {},
        {
            "CorsConfiguration": {"CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]},
            "LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": 1}]},
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
            "WebsiteConfiguration": {"IndexDocument": "i.html"},
            "Tags": TAGS,
        },
        lambda aws, name, out: [
            answer_or_error(getattr(aws("s3"), operation), Bucket=name) for operation in BUCKET_SETTINGS
        ],
    ),
    Case(
        "AWS::RDS::DBParameterGroup",
        {"Family": "postgres17", "Description": "d"},
        {"Parameters": {"work_mem": "8192"}, "Tags": TAGS},
        lambda aws, name, out: [
            parameter
            for page in aws("rds").get_paginator("describe_db_parameters").paginate(DBParameterGroupName=name)
            for parameter in page["Parameters"]
            if parameter["ParameterName"] == "work_mem"
        ],
    ),
    Case(
        "AWS::RDS::DBInstance",
        {
            "Engine": "postgres",
            "DBInstanceClass": "db.t4g.micro",
            "AllocatedStorage": "20",
            "MasterUsername": "joe",
            "MasterUserPassword": "not-a-secret",
        },
        {
            "BackupRetentionPeriod": 3,
            "CopyTagsToSnapshot": True,
            "DBParameterGroupName": ref("Parameters"),
            "DeletionProtection": True,
            "EnableCloudwatchLogsExports": ["postgresql"],
            "Tags": TAGS,
        },
        lambda aws, name, out: aws("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"],
        {"Parameters": typed("AWS::RDS::DBParameterGroup", Family="postgres17", Description="d")},
    ),
    Case(
        "AWS::RDS::EventSubscription",
        {"SnsTopicArn": ref("Topic"), "SourceType": "db-instance"},
        {"Enabled": False, "EventCategories": ["backup"], "Tags": TAGS},
        lambda aws, name, out: aws("rds").describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"],
        {"Topic": typed("AWS::SNS::Topic")},
    ),
    Case(
        "AWS::RDS::OptionGroup",
        {"EngineName": "postgres", "MajorEngineVersion": "17", "OptionGroupDescription": "d"},
        {"OptionConfigurations": [], "Tags": TAGS},
        lambda aws, name, out: aws("rds").list_tags_for_resource(
            ResourceName=aws("rds").describe_option_groups(OptionGroupName=name)["OptionGroupsList"][0][
                "OptionGroupArn"
            ]
        )["TagList"],
    ),
    Case(
        "AWS::MSK::Cluster",
        {
            "ClusterName": "placeholder",
            "KafkaVersion": "4.1.x.kraft",
            "NumberOfBrokerNodes": 2,
            "BrokerNodeGroupInfo": {
                "InstanceType": "kafka.t3.small",
                "ClientSubnets": [ref("SubnetA"), ref("SubnetB")],
            },
        },
        {
            "LoggingInfo": {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": ref("Logs")}}},
            "Tags": {"a": "b"},
        },
        lambda aws, name, out: {
            key: value
            for key, value in aws("kafka").describe_cluster(ClusterArn=name)["ClusterInfo"].items()
            if key in ("EnhancedMonitoring", "LoggingInfo", "OpenMonitoring", "Tags")
        },
        {
            **VPC,
            "Logs": typed("AWS::Logs::LogGroup"),
            "SubnetA": typed(
                "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.197.1.0/24", AvailabilityZone="us-east-1a"
            ),
            "SubnetB": typed(
                "AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock="10.197.2.0/24", AvailabilityZone="us-east-1b"
            ),
        },
    ),
    Case(
        "AWS::MSK::Configuration",
        {"Name": "placeholder", "ServerProperties": "num.partitions=1"},
        {"Description": "d"},
        lambda aws, name, out: aws("kafka").describe_configuration(Arn=name)["LatestRevision"].get("Description"),
    ),
    Case(
        "AWS::ServiceDiscovery::HttpNamespace",
        {"Name": "placeholder"},
        {"Description": "d", "Tags": TAGS},
        lambda aws, name, out: aws("servicediscovery").get_namespace(Id=name)["Namespace"],
    ),
    Case(
        "AWS::ServiceDiscovery::Service",
        {"NamespaceId": ref("Namespace")},
        {"Description": "d", "Tags": TAGS},
        lambda aws, name, out: aws("servicediscovery").get_service(Id=name)["Service"],
        {"Namespace": typed("AWS::ServiceDiscovery::HttpNamespace", Name="placeholder")},
    ),
]


def answer_or_error(operation: Callable[..., Json], **arguments: Any) -> Any:
    """Returns what the operation answers, or the code of its error."""
    try:
        return operation(**arguments)
    except Exception as error:
        return getattr(error, "response", {}).get("Error", {}).get("Code")


def settled(description: Any) -> Any:
    """Returns a description without what changes by itself. An empty value is as good as none."""
    if isinstance(description, dict):
        kept = {name: settled(value) for name, value in description.items() if name not in VOLATILE}
        return {name: value for name, value in kept.items() if value not in (None, "", [], {}, False)}
    if isinstance(description, list):
        return [settled(item) for item in description]
    return description


def named(resources: Json, unique: str) -> Json:
    """Gives resources whose name is global the test's own."""
    for resource in resources.values():
        for name, value in resource["Properties"].items():
            if value == "placeholder":
                resource["Properties"] = {**resource["Properties"], name: unique}
    return resources


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind.removeprefix("AWS::").replace("::", "-"))
def test_a_removed_property_goes_back_to_the_default(aws: Aws, stack: Stack, unique: str, case: Case) -> None:
    def deploy(*properties: Json) -> Any:
        out = stack.deploy(named(case.resources(*properties), unique), {"X": ref("X"), **case.outputs})
        return settled(case.describe(aws, out["X"], out))

    first = deploy(case.least)
    assert deploy(case.least, case.more) != first
    assert deploy(case.least) == first


@pytest.mark.parametrize("removed", [False, True])
def test_a_change_that_the_local_service_cannot_make_is_refused(stack: Stack, removed: bool) -> None:
    api = {"Name": "n", "ProtocolType": "HTTP", "Target": "http://a.example/"}
    stack.deploy({"X": typed("AWS::ApiGatewayV2::Api", **api)})
    changed = {**api, "Target": "http://b.example/"} if not removed else {"Name": "n", "ProtocolType": "HTTP"}
    with pytest.raises(DeployFailed, match="cannot change Target of an existing resource") as failure:
        stack.deploy({"X": typed("AWS::ApiGatewayV2::Api", **changed)})
    assert failure.value.status == "UPDATE_ROLLBACK_COMPLETE"
