"""Where an engine's log lines go in CloudWatch Logs."""

from typing import Any

from botocore.exceptions import ClientError
from localstack.aws.connect import connect_to

from localstack_engines.toolkit.log_shipping.awslogs import batches
from localstack_engines.toolkit.log_shipping.follower import Send


def log_stream(account: str, region: str, group: str, stream: str, create_group: bool = False) -> Send:
    """A sink that writes to a stream, which is made with the first lines, as is the group if it may be."""
    made = False

    def send(lines: list[tuple[int, str]]) -> None:
        nonlocal made
        logs = connect_to(aws_access_key_id=account, region_name=region).logs
        if not made:
            if create_group:
                _create(logs.create_log_group, logGroupName=group)
            _create(logs.create_log_stream, logGroupName=group, logStreamName=stream)
            made = True
        for batch in batches(lines):
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)

    return send


def _create(operation: Any, **names: str) -> None:
    try:
        operation(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
