"""boto3 clients for the running LocalStack, whatever profile the caller's shell has."""

import json
from typing import Any

from ops import settings

IAM_BROKERS = "BootstrapBrokerStringSaslIam"
"""The field of GetBootstrapBrokers's answer that has the brokers' addresses for log-ins of IAM."""


def client(service: str, endpoint: str = settings.EDGE_URL) -> Any:
    """Returns a boto3 client of the LocalStack at `endpoint`."""
    import boto3  # takes half a second to import, which only commands that ask AWS have to pay
    from botocore.config import Config

    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=settings.REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(connect_timeout=3, read_timeout=60, retries={"max_attempts": 2}),
    )


def stacks() -> list[dict[str, Any]]:
    """Returns this app's stacks and the CDK's own, as DescribeStacks describes them."""
    pages = client("cloudformation").get_paginator("describe_stacks").paginate()
    return [stack for page in pages for stack in page["Stacks"]]


def services() -> list[dict[str, Any]]:
    """Returns the cluster's services in the order of their names, as DescribeServices describes them."""
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


def service_names() -> list[str]:
    """Returns the names of the deployed services, in alphabetical order."""
    return [str(service["serviceName"]) for service in services()]


def tasks(service: str | None = None, status: str = "RUNNING") -> list[dict[str, Any]]:
    """Returns the tasks of a service, or of the whole cluster, with this desired status, as DescribeTasks does."""
    ecs = client("ecs")
    wanted = {"cluster": settings.CLUSTER, "desiredStatus": status} | ({"serviceName": service} if service else {})
    arns = ecs.list_tasks(**wanted)["taskArns"]
    return list(ecs.describe_tasks(cluster=settings.CLUSTER, tasks=arns[:100])["tasks"]) if arns else []


def private_address(task: dict[str, Any]) -> str:
    """Returns a task's private IPv4 address, or an empty string before it has one."""
    details = (detail for attachment in task.get("attachments", []) for detail in attachment["details"])
    return next((str(detail["value"]) for detail in details if detail["name"] == "privateIPv4Address"), "")


def container_id(task: dict[str, Any], name: str) -> str:
    """Returns the Docker id of a task's container. Raises StopIteration if the task has no container of that name."""
    return next(str(container["runtimeId"]) for container in task["containers"] if container["name"] == name)


def secret(name: str) -> dict[str, str]:
    """Returns a secret's JSON value."""
    value = client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]
    return {str(key): str(item) for key, item in json.loads(value).items()}


def certificate_authorities() -> str:
    """Returns the certificates, as PEM, that clients of the databases and brokers trust."""
    import httpx

    answer = httpx.get(f"{settings.EDGE_URL}/_localstack/engines/ca-bundle.pem", timeout=10)
    return answer.raise_for_status().text


def broker_cluster() -> dict[str, Any] | None:
    """Returns the MSK cluster as ListClustersV2 describes it, or None before it is deployed."""
    found = client("kafka").list_clusters_v2()["ClusterInfoList"]
    return next((dict(cluster) for cluster in found if cluster["ClusterName"] == settings.CLUSTER), None)


def bootstrap_brokers(field: str = "BootstrapBrokerString") -> str | None:
    """Returns the addresses of the Kafka brokers, separated by commas, or None before there are any.

    `field` is the name in GetBootstrapBrokers's answer, one for each kind of log-in. The default needs none.
    """
    cluster = broker_cluster()
    if cluster is None:
        return None
    brokers = client("kafka").get_bootstrap_brokers(ClusterArn=cluster["ClusterArn"])
    return str(brokers.get(field, "")) or None
