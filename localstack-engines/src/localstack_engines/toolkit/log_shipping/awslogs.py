"""The awslogs driver: a container's lines become events of a CloudWatch log stream.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.services.ecs.engine.task_spec import LogSink, TaskFailed

_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1_048_576
_EVENT_OVERHEAD = 26
_EVENT_BYTES = 1_048_576 - _EVENT_OVERHEAD

Event = dict[str, Any]


def stream_name(prefix: str | None, container: str, task_id: str) -> str:
    """`prefix/container/task-id`; without a prefix AWS takes the container's id, here the task's stands for it."""
    return f"{prefix}/{container}/{task_id}" if prefix else f"{container}/{task_id}"


def sink(logs: Any, options: dict[str, str], container: str, task_id: str) -> LogSink:
    """Makes the stream and returns where its lines go. Raises TaskFailed when the group is missing."""
    group = options["awslogs-group"]
    stream = stream_name(options.get("awslogs-stream-prefix"), container, task_id)
    try:
        if options.get("awslogs-create-group") == "true":
            _create(logs.create_log_group, logGroupName=group)
        _create(logs.create_log_stream, logGroupName=group, logStreamName=stream)
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise TaskFailed(
            "ResourceInitializationError",
            "failed to validate logger args: create stream has been retried 1 times: "
            f"failed to create Cloudwatch log stream: {code}: {message} ({group})",
            container,
        ) from error

    def send(lines: list[tuple[int, str]]) -> None:
        for batch in batches(lines):
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)

    return send


def batches(lines: list[tuple[int, str]]) -> Iterator[list[Event]]:
    """Events in order, within PutLogEvents' limits; empty lines are left out, as the driver does.

    Source: API_PutLogEvents - 10,000 events and 1,048,576 bytes a batch, 26 bytes of overhead an event.
    """
    batch: list[Event] = []
    size = 0
    latest = 0
    for timestamp, text in lines:
        if not text:
            continue
        data = text.encode()
        if len(data) > _EVENT_BYTES:
            text = data[:_EVENT_BYTES].decode("utf-8", "ignore")
        cost = min(len(data), _EVENT_BYTES) + _EVENT_OVERHEAD
        if batch and (len(batch) == _BATCH_EVENTS or size + cost > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        # PutLogEvents demands chronological order; stdout and stderr may be a little out of it
        latest = max(latest, timestamp)
        batch.append({"timestamp": latest, "message": text})
        size += cost
    if batch:
        yield batch


def _create(operation: Any, **arguments: str) -> None:
    try:
        operation(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
