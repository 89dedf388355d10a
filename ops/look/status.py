"""`make status`: what runs, on one screen, read from the AWS APIs and not from files."""

from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from ops import aws, settings
from ops.lifecycle import docker_engine, localstack
from ops.problems import Problem


def show(console: Console) -> None:
    """Prints stacks, services with the health of their tasks, databases, the broker and the API."""
    if not docker_engine.answers() or localstack.health() is None:
        raise Problem(f"nothing answers on {settings.EDGE_URL}", "make up")
    for title, add_rows in (
        ("Stacks", _stacks),
        ("Services", _services),
        ("Databases", _databases),
        ("Broker", _broker),
        ("API", _api),
    ):
        table = Table(
            title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), header_style="dim"
        )
        try:
            add_rows(table)
        except Exception as error:  # the other tables are shown even when one part does not answer
            table.add_row(f"[red]{type(error).__name__}: {error}")
        console.print(table)
        console.print()


def _stacks(table: Table) -> None:
    _columns(table, "stack", "status")
    for stack in sorted(aws.stacks(), key=lambda stack: str(stack["StackName"])):
        table.add_row(
            stack["StackName"],
            _coloured(stack["StackStatus"], lambda text: text.endswith("_COMPLETE") and "ROLLBACK" not in text),
        )


def _services(table: Table) -> None:
    _columns(table, "service", "running/desired", "task", "health", "private IP", "deployment")
    for service in aws.services():
        counts = f"{service['runningCount']}/{service['desiredCount']}"
        deployment = next(
            (item.get("rolloutState", "") for item in service["deployments"] if item["status"] == "PRIMARY"), ""
        )
        tasks = aws.tasks(service["serviceName"]) or [{}]
        for task in tasks:
            health = _coloured(task.get("healthStatus", "none running"), lambda text: text == "HEALTHY")
            table.add_row(
                service["serviceName"], counts, _short_id(task), health, aws.private_address(task), deployment
            )


def _databases(table: Table) -> None:
    _columns(table, "instance", "status", "engine", "endpoint")
    for instance in aws.client("rds").describe_db_instances()["DBInstances"]:
        endpoint = instance.get("Endpoint", {})
        table.add_row(
            instance["DBInstanceIdentifier"],
            _coloured(instance["DBInstanceStatus"], lambda text: text == "available"),
            f"{instance['Engine']} {instance['EngineVersion']}",
            f"{endpoint.get('Address', '')}:{endpoint.get('Port', '')}",
        )


def _broker(table: Table) -> None:
    _columns(table, "cluster", "state", "bootstrap")
    cluster = aws.broker_cluster()
    if cluster:
        table.add_row(
            cluster["ClusterName"],
            _coloured(cluster["State"], lambda text: text == "ACTIVE"),
            aws.bootstrap_brokers() or aws.bootstrap_brokers(aws.IAM_BROKERS) or "",
        )


def _api(table: Table) -> None:
    _columns(table, "API", "routes", "URL")
    apigateway = aws.client("apigatewayv2")
    for api in apigateway.get_apis()["Items"]:
        routes = apigateway.get_routes(ApiId=api["ApiId"], MaxResults="500")["Items"]
        table.add_row(f"{api['Name']} ({api['ApiId']})", str(len(routes)), api["ApiEndpoint"])
    table.add_row("", "", settings.API_URL)
    table.add_row("", "", f"{settings.API_URL}/docs")


def _columns(table: Table, *names: str) -> None:
    for name in names:
        table.add_column(name, no_wrap=True)


def _coloured(text: str, is_good: Callable[[str], bool]) -> str:
    return f"[{'green' if is_good(text) else 'red'}]{text}[/]"


def _short_id(task: dict[str, Any]) -> str:
    return str(task.get("taskArn", "")).rsplit("/", 1)[-1][:12]
