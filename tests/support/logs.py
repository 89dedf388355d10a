"""The lines in CloudWatch Logs."""

from __future__ import annotations

from collections.abc import Iterator

from ops import aws


def messages(group: str, since: float) -> Iterator[str]:
    """Yields the messages of a log group since a time (seconds since 1970)."""
    pages = aws.client("logs").get_paginator("filter_log_events")
    for page in pages.paginate(logGroupName=group, startTime=int(since * 1000)):
        yield from (event["message"] for event in page["events"])
