"""boto3 clients for the running LocalStack, whatever profile the caller's shell has."""

from typing import Any

from ops import settings


def client(service: str) -> Any:
    import boto3  # half a second to import: only commands that ask AWS pay it
    from botocore.config import Config

    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=settings.EDGE_URL,
        region_name=settings.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=3, read_timeout=60, retries={"max_attempts": 2}),
    )


def stacks() -> list[dict[str, Any]]:
    """This app's stacks and the CDK's own, as DescribeStacks gives them."""
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    return [stack for page in pages for stack in page["Stacks"]]


def services() -> list[dict[str, Any]]:
    """The cluster's services, as DescribeServices gives them."""
    ecs = client("ecs")
    arns = [
        arn
        for page in ecs.get_paginator("list_services").paginate(cluster=settings.CLUSTER)
        for arn in page["serviceArns"]
    ]
    found: list[dict[str, Any]] = []
    for start in range(0, len(arns), 10):  # DescribeServices takes ten at a time
        found += ecs.describe_services(cluster=settings.CLUSTER, services=arns[start : start + 10])["services"]
    return sorted(found, key=lambda service: str(service["serviceName"]))


def tasks(service: str | None = None, status: str = "RUNNING") -> list[dict[str, Any]]:
    """Tasks of a service (or of the whole cluster) with this desired status."""
    ecs = client("ecs")
    wanted = {"cluster": settings.CLUSTER, "desiredStatus": status} | ({"serviceName": service} if service else {})
    arns = ecs.list_tasks(**wanted)["taskArns"]
    return list(ecs.describe_tasks(cluster=settings.CLUSTER, tasks=arns[:100])["tasks"]) if arns else []


def secret(name: str) -> dict[str, str]:
    """A secret's JSON value."""
    import json

    value = client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return {str(key): str(item) for key, item in json.loads(value).items()}


def broker_cluster() -> dict[str, Any] | None:
    """The MSK cluster, or None before it is deployed."""
    found = client("kafka").list_clusters_v2()["ClusterInfoList"]
    return next((dict(cluster) for cluster in found if cluster["ClusterName"] == settings.CLUSTER), None)


def bootstrap_brokers() -> str | None:
    cluster = broker_cluster()
    if cluster is None:
        return None
    brokers = client("kafka").get_bootstrap_brokers(ClusterArn=cluster["ClusterArn"])
    return str(brokers.get("BootstrapBrokerString", "")) or None
