"""The export of a server's log to CloudWatch Logs."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import store as records
from localstack_engines.services.rds.models import Instance
from localstack_engines.toolkit.log_shipping.cloudwatch import log_stream
from localstack_engines.toolkit.log_shipping.follower import LogFollower


def follow_exports(context: RequestContext, instance: Instance) -> None:
    """Start or stop the export of the log to CloudWatch, as the instance's record says.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html
    """
    record = records.record(context, instance.identifier)
    wanted = "postgresql" in (record.enabled_cloudwatch_logs_exports or [])
    if wanted and instance.follower is None:
        group = f"/aws/rds/instance/{instance.identifier}/postgresql"
        send = log_stream(context.account_id, context.region, group, f"{instance.identifier}.0", create_group=True)
        instance.follower = LogFollower(instance.server.log_file, send)
        instance.follower.start()
    elif not wanted:
        instance.stop_follower()
