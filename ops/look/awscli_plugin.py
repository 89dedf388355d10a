"""The command `aws logs tail` for version 1 of the AWS CLI. Only version 2 has it, which is not on PyPI.

`ops/aws-config` loads this module, and `. ops/activate` selects that file. The options are those of
https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html
"""

import contextlib
import json
import re
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from awscli.customizations.commands import BasicCommand

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
POLL_SECONDS = 1.0


def awscli_initialize(cli: Any) -> None:
    """Registers the command. The AWS CLI calls this function of every plugin."""
    cli.register("building-command-table.logs", _add_tail)


def _add_tail(command_table: dict[str, Any], session: Any, **_: Any) -> None:
    command_table.setdefault("tail", TailCommand(session))


class TailCommand(BasicCommand):  # type: ignore[misc]  # the AWS CLI ships no types
    """Prints the events of a log group."""

    NAME = "tail"
    DESCRIPTION = "Tails the logs of a CloudWatch Logs group."
    ARG_TABLE = [
        {"name": "group_name", "positional_arg": True, "help_text": "The log group's name."},
        {"name": "since", "default": "10m", "help_text": "Start: 5s, 10m, 2h, 1d, 1w ago, or ISO 8601. Default: 10m."},
        {"name": "follow", "action": "store_true", "default": False, "help_text": "Wait for later events."},
        {
            "name": "format",
            "default": "detailed",
            "choices": ["detailed", "short", "json"],
            "help_text": "The format of a line.",
        },
        {"name": "filter-pattern", "help_text": "Only events that match this CloudWatch Logs pattern."},
        {"name": "log-stream-names", "nargs": "+", "help_text": "Only these streams."},
        {"name": "log-stream-name-prefix", "help_text": "Only streams with this prefix."},
    ]

    def _run_main(self, parsed_args: Any, parsed_globals: Any) -> int:
        client = self._session.create_client(
            "logs",
            region_name=parsed_globals.region,
            endpoint_url=parsed_globals.endpoint_url,
            verify=parsed_globals.verify_ssl,
        )
        query = {
            "logGroupName": parsed_args.group_name,
            "startTime": since(parsed_args.since, time.time()),
            "filterPattern": parsed_args.filter_pattern,
            "logStreamNames": parsed_args.log_stream_names,
            "logStreamNamePrefix": parsed_args.log_stream_name_prefix,
        }
        events = _events(client, {name: value for name, value in query.items() if value}, parsed_args.follow)
        try:
            for event in events:
                sys.stdout.write(line(event, parsed_args.format) + "\n")
                sys.stdout.flush()
        except KeyboardInterrupt:
            return 130
        return 0


def since(text: str, now: float) -> int:
    """Returns milliseconds since 1970 for a relative (`10m`) or an absolute time (ISO 8601, UTC by default)."""
    relative = re.fullmatch(r"(\d+)([smhdw])", text)
    if relative:
        return int((now - int(relative[1]) * UNITS[relative[2]]) * 1000)
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


def line(event: dict[str, Any], style: str) -> str:
    """Returns one event as version 2 of the CLI prints it."""
    moment = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    message = str(event["message"]).rstrip("\n")
    if style == "short":
        return f"{moment:%Y-%m-%dT%H:%M:%S} {message}"
    if style == "json":
        with contextlib.suppress(ValueError):
            message = json.dumps(json.loads(message), indent=4)
    return f"{moment.isoformat()} {event['logStreamName']} {message}"


def _events(client: Any, query: dict[str, Any], follow: bool) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    while True:
        for page in client.get_paginator("filter_log_events").paginate(**query):
            for event in page["events"]:
                if event["eventId"] not in seen:
                    seen.add(event["eventId"])
                    # Later events may have the same millisecond, so the next query starts with it again.
                    query["startTime"] = max(query.get("startTime", 0), event["timestamp"])
                    yield event
        if not follow:
            return
        time.sleep(POLL_SECONDS)
