"""Explains why a deployment failed: CloudFormation's first reason, and the last log lines of crashed containers."""

from typing import Any

from ops import aws, settings

LOG_LINES = 25


def explain() -> str:
    """Returns what can be found about the cause. Never raises: an error in here must not hide the failure itself."""
    parts = []
    for collect in (_failed_resources, _crashed_containers):
        try:
            parts += collect()
        except Exception as error:
            parts.append(f"(no answer: {error})")
    return "\n".join(parts)


def _failed_resources() -> list[str]:
    cloudformation = aws.client("cloudformation")
    lines = []
    pages = cloudformation.get_paginator("list_stacks").paginate()
    for summary in (stack for page in pages for stack in page["StackSummaries"]):
        if not any(word in summary["StackStatus"] for word in ("FAILED", "ROLLBACK")):
            continue
        reason = _first_reason(cloudformation, summary["StackId"])
        if reason:
            lines.append(f"stack {summary['StackName']} is {summary['StackStatus']}: {reason}")
    return lines


def _first_reason(cloudformation: Any, stack_id: str) -> str | None:
    events = cloudformation.describe_stack_events(StackName=stack_id)["StackEvents"]
    failed = [
        event for event in events if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    causes = [event for event in failed if "cancelled" not in event["ResourceStatusReason"].lower()]
    if not causes:
        return None
    first = min(causes, key=lambda event: event["Timestamp"])  # the later failures are consequences
    return f"{first['LogicalResourceId']} ({first['ResourceType']}): {first['ResourceStatusReason']}"


def _crashed_containers() -> list[str]:
    lines: list[str] = []
    shown = set()
    if not any(stack["StackName"] == f"{settings.PREFIX}-services" for stack in aws.stacks()):
        return []  # this stack holds the cluster
    for task in sorted(aws.tasks(status="STOPPED"), key=lambda task: str(task.get("stoppedAt", "")), reverse=True):
        for container in task["containers"]:
            name = container["name"]
            if container.get("exitCode") in (None, 0, 137, 143) and not container.get("reason"):
                continue  # it ended because it was told to
            if (task["group"], name) in shown:
                continue
            shown.add((task["group"], name))
            reason = container.get("reason") or task.get("stoppedReason", "")
            lines.append(f"\ncontainer {name} of {task['group']} ended with {container.get('exitCode')}: {reason}")
            lines += _last_log_lines(task, name)
    return lines


def _last_log_lines(task: dict[str, Any], container: str) -> list[str]:
    definition = aws.client("ecs").describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    described = next(item for item in definition["containerDefinitions"] if item["name"] == container)
    options = described.get("logConfiguration", {}).get("options", {})
    if "awslogs-group" not in options:
        return []
    task_id = task["taskArn"].rsplit("/", 1)[-1]
    stream = f"{options.get('awslogs-stream-prefix', settings.CLUSTER)}/{container}/{task_id}"
    logs = aws.client("logs")
    events = logs.get_log_events(logGroupName=options["awslogs-group"], logStreamName=stream, limit=LOG_LINES)["events"]
    return [f"last log lines ({options['awslogs-group']} {stream}):", *(f"    {event['message']}" for event in events)]
