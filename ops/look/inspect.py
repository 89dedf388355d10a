"""Looking into one service: its log, its database, its own commands."""

import json
import os

from ops import aws, settings
from ops.problems import Problem


def names() -> list[str]:
    return [str(service["serviceName"]) for service in aws.services()]


def follow_logs(service: str) -> None:
    """Replaces this process by the tool that follows the log."""
    if service == "localstack":
        _become(["docker", "logs", "--follow", "--tail", "100", settings.CONTAINER])
    _require(service, [*names(), "localstack"])
    _become(["awslocal", "logs", "tail", f"/pms/{service}", "--follow", "--since", "1h", "--format", "short"])


def open_database(service: str) -> None:
    """psql runs inside the LocalStack container, so the host needs none."""
    _require(service, names())
    secret = aws.secret(f"pms/{service}/database")
    address = f"host=127.0.0.1 port={secret['port']} dbname={secret['dbname']} user={secret['username']}"
    terminal = ["--interactive", "--tty"] if os.isatty(0) else ["--interactive"]
    os.environ["PGPASSWORD"] = secret["password"]  # by name below: a value would show in the process list
    _become(["docker", "exec", *terminal, "--env", "PGPASSWORD", settings.CONTAINER, "psql", address])


def run_in_task(service: str, command: list[str]) -> None:
    """One of the image's commands, in a task that runs."""
    _require(service, names())
    containers = [container for task in aws.tasks(service) for container in task["containers"]]
    running = [one["runtimeId"] for one in containers if (one["name"], one["lastStatus"]) == (service, "RUNNING")]
    if not running:
        raise Problem(f"no task of {service} is running", "make status")
    _become(["docker", "exec", running[0], *command])


def _require(service: str, known: list[str]) -> None:
    if service not in known:
        raise Problem(
            f"say which service: SERVICE={' or SERVICE='.join(known)}"
            if not service
            else f"there is no service {json.dumps(service)}",
            f"known: {', '.join(known)}",
        )


def _become(command: list[str]) -> None:
    os.execvpe(command[0], command, settings.child_environment())
