"""Opens one service: its log, its database, its own commands."""

import json
import os

from ops import aws, settings
from ops.problems import Problem

_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN=")
"""The operator's, as options of `docker exec`. They have no session."""


def follow_logs(service: str) -> None:
    """Replaces this process by the tool that follows the log."""
    if service == "localstack":
        _replace_process(["docker", "logs", "--follow", "--tail", "100", settings.CONTAINER])
    _require_known(service, [*aws.service_names(), "localstack"])
    group = f"/{settings.PREFIX}/{service}"
    _replace_process(["awslocal", "logs", "tail", group, "--follow", "--since", "1h", "--format", "short"])


def open_database(service: str) -> None:
    """Replaces this process by psql, which runs inside the LocalStack container: the host needs none."""
    _require_known(service, aws.service_names())
    secret = aws.secret(f"{settings.PREFIX}/{service}/database")
    address = f"host=127.0.0.1 port={secret['port']} dbname={secret['dbname']} user={secret['username']}"
    terminal = ["--interactive", "--tty"] if os.isatty(0) else ["--interactive"]
    os.environ["PGPASSWORD"] = secret["password"]  # given by name below: a value would show in the process list
    _replace_process(["docker", "exec", *terminal, "--env", "PGPASSWORD", settings.CONTAINER, "psql", address])


def run_in_task(service: str, command: list[str]) -> None:
    """Replaces this process by one of the image's commands, in a running task of the service.

    It calls AWS with the operator's credentials. The service's own role may not send dead letters to others' topics.
    """
    _require_known(service, aws.service_names())
    containers = [container for task in aws.tasks(service) for container in task["containers"]]
    running = [one["runtimeId"] for one in containers if (one["name"], one["lastStatus"]) == (service, "RUNNING")]
    if not running:
        raise Problem(f"no task of {service} is running", "make status")
    credentials = [item for name in _CREDENTIALS for item in ("--env", name)]
    _replace_process(["docker", "exec", *credentials, running[0], *command])


def _require_known(service: str, known: list[str]) -> None:
    if service not in known:
        raise Problem(
            f"name a service: SERVICE={' or SERVICE='.join(known)}"
            if not service
            else f"there is no service {json.dumps(service)}",
            f"the services are: {', '.join(known)}",
        )


def _replace_process(command: list[str]) -> None:
    os.execvpe(command[0], command, settings.child_environment())
