"""Sinks that write log lines to a CloudWatch log stream."""

from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.toolkit.log_shipping.log_events import LogLine, LogSink, batches


def log_stream(account: str, region: str, group: str, stream: str, create_group: bool = False) -> LogSink:
    """Returns a sink that creates the stream (and the group, if `create_group`) with the first lines it gets."""
    created = False

    def send(lines: list[LogLine]) -> None:
        nonlocal created
        from localstack.aws.connect import connect_to

        logs = connect_to(aws_access_key_id=account, region_name=region).logs
        if not created:
            create_stream(logs, group, stream, create_group)
            created = True
        put_lines(logs, group, stream, lines)

    return send


def create_stream(logs: Any, group: str, stream: str, create_group: bool) -> None:
    """Creates the stream, and the group if `create_group`, unless they exist. Raises the API's ClientError."""
    if create_group:
        _create(logs.create_log_group, logGroupName=group)
    _create(logs.create_log_stream, logGroupName=group, logStreamName=stream)


def put_lines(logs: Any, group: str, stream: str, lines: list[LogLine]) -> None:
    """Writes the lines to the stream."""
    for batch in batches(lines):
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)


def _create(operation: Any, **names: str) -> None:
    try:
        operation(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
