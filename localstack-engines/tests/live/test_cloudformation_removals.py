"""A property that is removed from a template goes back to AWS's default: APIs, tasks, functions, roles and keys."""

import pytest

from lab.removals import TAGS, Aws, Case, answer_or_error, case_id, check_removal, ref, typed
from lab.stacks import DeployFailed, Stack

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
API = {"Api": typed("AWS::ApiGatewayV2::Api", Name="n", ProtocolType="HTTP")}
INTEGRATION = {"ApiId": ref("Api"), "IntegrationType": "HTTP_PROXY", "IntegrationUri": "http://a.example/"}
ROUTE = {"Route": typed("AWS::ApiGatewayV2::Route", ApiId=ref("Api"), RouteKey="GET /a")}

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
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_removed_property_goes_back_to_the_default(aws: Aws, stack: Stack, unique: str, case: Case) -> None:
    check_removal(aws, stack, unique, case)


@pytest.mark.parametrize("removed", [False, True])
def test_a_change_that_the_local_service_cannot_make_is_refused(stack: Stack, removed: bool) -> None:
    api = {"Name": "n", "ProtocolType": "HTTP", "Target": "http://a.example/"}
    stack.deploy({"X": typed("AWS::ApiGatewayV2::Api", **api)})
    changed = {**api, "Target": "http://b.example/"} if not removed else {"Name": "n", "ProtocolType": "HTTP"}
    with pytest.raises(DeployFailed, match="cannot change Target of an existing resource") as failure:
        stack.deploy({"X": typed("AWS::ApiGatewayV2::Api", **changed)})
    assert failure.value.status == "UPDATE_ROLLBACK_COMPLETE"
