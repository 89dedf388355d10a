"""The export of a server's logs to CloudWatch Logs.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html
"""

from collections.abc import Container
from pathlib import Path

from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.log_shipping.cloudwatch import log_stream
from localstack_engines.toolkit.log_shipping.follower import LogFollower


def export(instance: Instance, wanted: Container[str]) -> None:
    """Exports the logs of the wanted types, and no other ones. A log group is created with the first lines."""
    for log_type, file in _files(instance).items():
        if log_type in wanted:
            _start(instance, log_type, file)
        else:
            _stop(instance, log_type)


def stop(instance: Instance) -> None:
    """Sends the lines that have been written so far and ends the exports."""
    export(instance, ())


def _files(instance: Instance) -> dict[str, Path]:
    """Returns the logs by their types. A server here never writes a log of the type `upgrade`."""
    return {"postgresql": instance.server.log_file, "iam-db-auth-error": instance.server.login_log_file}


def _start(instance: Instance, log_type: str, file: Path) -> None:
    if log_type in instance.log_followers:
        return
    account, region, identifier = instance.key
    source = f"cluster/{instance.cluster.identifier}" if instance.cluster else f"instance/{identifier}"
    send = log_stream(account, region, f"/aws/rds/{source}/{log_type}", f"{identifier}.0", create_group=True)
    follower = instance.log_followers[log_type] = LogFollower(file, send)
    follower.start()


def _stop(instance: Instance, log_type: str) -> None:
    follower = instance.log_followers.pop(log_type, None)
    if follower is not None:
        follower.stop()
