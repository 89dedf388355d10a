"""The export of a server's log to CloudWatch Logs.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html
"""

from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.log_shipping.cloudwatch import log_stream
from localstack_engines.toolkit.log_shipping.follower import LogFollower

POSTGRESQL = "postgresql"
"""The log type that RDS for PostgreSQL exports here."""


def start(instance: Instance) -> None:
    """Starts the export unless it runs already. The log group and the stream are created with the first lines."""
    if instance.log_follower is not None:
        return
    account, region, identifier = instance.key
    source = f"cluster/{instance.cluster.identifier}" if instance.cluster else f"instance/{identifier}"
    group = f"/aws/rds/{source}/{POSTGRESQL}"
    send = log_stream(account, region, group, f"{identifier}.0", create_group=True)
    instance.log_follower = LogFollower(instance.server.log_file, send)
    instance.log_follower.start()


def stop(instance: Instance) -> None:
    """Sends the lines that have been written so far and ends the export, if there is one."""
    if instance.log_follower is not None:
        instance.log_follower.stop()
        instance.log_follower = None
