"""The AWS APIs describe what really runs: their answers are compared with Docker, PostgreSQL, Kafka and HTTP."""

import ipaddress
import json
import subprocess
from typing import Any

import asyncpg
import httpx
import pytest

from ops import aws, settings


def awslocal(*words: str) -> Any:
    """Runs the command as a user types it, in the environment of `ops/activate`."""
    command = ["awslocal", "--output", "json", *words]
    done = subprocess.run(command, env=settings.child_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def docker(*words: str) -> str:
    return subprocess.run(["docker", *words], capture_output=True, text=True, check=True).stdout.strip()


def service_names() -> list[str]:
    return [
        arn.rsplit("/", 1)[-1] for arn in awslocal("ecs", "list-services", "--cluster", settings.CLUSTER)["serviceArns"]
    ]


def test_services_run_the_tasks_they_want() -> None:
    names = service_names()
    assert {"auth", "patient"} <= set(names)
    for service in awslocal("ecs", "describe-services", "--cluster", settings.CLUSTER, "--services", *names)[
        "services"
    ]:
        assert service["status"] == "ACTIVE"
        assert service["runningCount"] == service["desiredCount"] >= 1
        assert service["launchType"] == "FARGATE"
        assert service["events"]


def test_tasks_are_containers_on_the_subnets_network() -> None:
    subnets = {
        subnet["SubnetId"]: ipaddress.ip_network(subnet["CidrBlock"])
        for subnet in awslocal("ec2", "describe-subnets")["Subnets"]
    }
    for name in service_names():
        arns = awslocal("ecs", "list-tasks", "--cluster", settings.CLUSTER, "--service-name", name)["taskArns"]
        for task in awslocal("ecs", "describe-tasks", "--cluster", settings.CLUSTER, "--tasks", *arns)["tasks"]:
            assert task["lastStatus"] == "RUNNING"
            assert task["healthStatus"] == "HEALTHY"
            details = {item["name"]: item["value"] for item in task["attachments"][0]["details"]}
            address = ipaddress.ip_address(details["privateIPv4Address"])
            assert address in subnets[details["subnetId"]]
            main = next(container for container in task["containers"] if container["name"] == name)
            assert main["image"]
            assert main["networkInterfaces"][0]["privateIpv4Address"] == str(address)
            assert docker("inspect", "--format", "{{.State.Running}}", main["runtimeId"]) == "true"


async def test_databases_answer_sql_at_their_endpoints() -> None:
    instances = awslocal("rds", "describe-db-instances")["DBInstances"]
    found = {instance["DBInstanceIdentifier"]: instance for instance in instances}
    for name in service_names():
        instance = found[f"{settings.PREFIX}-{name}"]
        assert instance["DBInstanceStatus"] == "available"
        secret = aws.secret(f"{settings.PREFIX}/{name}/database")
        assert secret["host"] == instance["Endpoint"]["Address"]
        connection = await asyncpg.connect(
            host=instance["Endpoint"]["Address"],
            port=instance["Endpoint"]["Port"],
            user=secret["username"],
            password=secret["password"],
            database=secret["dbname"],
            timeout=10,
        )
        try:
            version = await connection.fetchval("show server_version")
            assert version.split(".")[0] == instance["EngineVersion"].split(".")[0]
            assert await connection.fetchval("select count(*) from alembic_version") >= 1
        finally:
            await connection.close()


def test_the_broker_is_active() -> None:
    clusters = awslocal("kafka", "list-clusters-v2")["ClusterInfoList"]
    cluster = next(item for item in clusters if item["ClusterName"] == settings.CLUSTER)
    assert cluster["State"] == "ACTIVE"
    brokers = awslocal("kafka", "get-bootstrap-brokers", "--cluster-arn", cluster["ClusterArn"])
    field = "BootstrapBrokerString" if settings.STAGE == "local" else aws.IAM_BROKERS
    assert brokers[field]


def test_the_api_has_an_authorizer_on_every_route_but_the_public_ones() -> None:
    api = next(item for item in awslocal("apigatewayv2", "get-apis")["Items"] if item["Name"] == settings.PREFIX)
    assert api["ProtocolType"] == "HTTP"
    assert httpx.get(f"{api['ApiEndpoint']}/.well-known/jwks.json").status_code == 200
    authorizers = awslocal("apigatewayv2", "get-authorizers", "--api-id", api["ApiId"])["Items"]
    assert [item["AuthorizerType"] for item in authorizers] == ["JWT"]
    routes = awslocal("apigatewayv2", "get-routes", "--api-id", api["ApiId"])["Items"]
    unguarded = {route["RouteKey"] for route in routes if route.get("AuthorizationType", "NONE") != "JWT"}
    assert "GET /api/patients" in {route["RouteKey"] for route in routes}
    assert all("/auth/" in key or "/.well-known/" in key or "/docs" in key or "/openapi" in key for key in unguarded)


def test_images_are_in_the_registry() -> None:
    repositories = awslocal("ecr", "describe-repositories")["repositories"]
    images = [
        image
        for repository in repositories
        for image in awslocal("ecr", "describe-images", "--repository-name", repository["repositoryName"])[
            "imageDetails"
        ]
    ]
    assert len(images) >= len(service_names())
    assert all(image["imageDigest"].startswith("sha256:") and image["imageSizeInBytes"] > 1_000_000 for image in images)


def test_discovery_returns_the_tasks() -> None:
    for name in service_names():
        answer = awslocal(
            "servicediscovery",
            "discover-instances",
            "--namespace-name",
            f"{settings.PREFIX}.local",
            "--service-name",
            name,
        )
        found = {instance["Attributes"]["AWS_INSTANCE_IPV4"] for instance in answer["Instances"]}
        assert found == {aws.private_address(task) for task in aws.tasks(name)}


def test_secrets_functions_and_stacks_are_listed() -> None:
    secrets = {item["Name"] for item in awslocal("secretsmanager", "list-secrets")["SecretList"]}
    assert {f"{settings.PREFIX}/{name}" for name in ("auth/admin", "auth/database", "patient/database")} <= secrets
    functions = {item["FunctionName"]: item for item in awslocal("lambda", "list-functions")["Functions"]}
    assert functions[f"{settings.PREFIX}-discovery"]["Runtime"].startswith("python3.")
    stacks = {
        item["StackName"]: item["StackStatus"] for item in awslocal("cloudformation", "describe-stacks")["Stacks"]
    }
    for name in ("network", "data", "messaging", "identity", "services", "api"):
        assert stacks[f"{settings.PREFIX}-{name}"] in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_logs_tail_shows_the_log_of_a_service() -> None:
    command = ["awslocal", "logs", "tail", f"/{settings.PREFIX}/patient", "--since", "1d", "--format", "short"]
    done = subprocess.run(command, env=settings.child_environment(), capture_output=True, text=True, check=True)
    assert done.stdout.count("\n") > 3


@pytest.mark.parametrize(
    "words", [("ecs", "create-capacity-provider", "--name", "x"), ("rds", "describe-db-proxies")], ids=" ".join
)
def test_an_operation_that_does_not_exist_is_refused(words: tuple[str, ...]) -> None:
    """An operation that nothing implements answers with an error as AWS's are."""
    done = subprocess.run(
        ["awslocal", *words], env=settings.child_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        pytest.skip("moto has this operation")
    assert "error" in done.stderr.lower()
