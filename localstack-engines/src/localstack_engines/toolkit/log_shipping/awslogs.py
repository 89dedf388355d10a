"""The awslogs driver: a container's lines become events of a CloudWatch log stream.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
"""

from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.toolkit.log_shipping.cloudwatch import create_stream, put_lines
from localstack_engines.toolkit.log_shipping.log_events import LogSink


class LogStreamUnavailable(Exception):
    """The log stream cannot be created. The message is in ECS's words."""


def stream_name(prefix: str | None, container: str, task_id: str) -> str:
    """Returns `prefix/container/task-id`, or `container/task-id` if there is no prefix.

    Without a prefix, AWS names the stream after the container's id.
    """
    return f"{prefix}/{container}/{task_id}" if prefix else f"{container}/{task_id}"


def sink(logs: Any, account: str, region: str, options: dict[str, str], container: str, task_id: str) -> LogSink:
    """Creates the container's log stream and returns the sink that writes to it.

    `logs` is a boto3 client of this account and region, `options` are those of the log configuration. Raises
    LogStreamUnavailable, for instance when the group does not exist.
    """
    group = options["awslogs-group"]
    stream = stream_name(options.get("awslogs-stream-prefix"), container, task_id)
    try:
        create_stream(logs, group, stream, create_group=options.get("awslogs-create-group") == "true")
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        raise LogStreamUnavailable(
            "failed to validate logger args: create stream has been retried 1 times: "
            f"failed to create Cloudwatch log stream: {code}: {message} ({group})"
        ) from error
    return lambda lines: put_lines(account, region, group, stream, lines)
