"""The event logs of all accounts and regions, whose events go to SNS."""

import threading

from localstack_engines.services.rds.control.events import EventLog, Publish


class EventLogs:
    """Makes an event log for each account and region that is asked for."""

    def __init__(self) -> None:
        self._logs: dict[tuple[str, str], EventLog] = {}
        self._lock = threading.Lock()

    def of(self, account: str, region: str) -> EventLog:
        """Returns the event log of an account in a region."""
        with self._lock:
            found = self._logs.get((account, region))
            if found is None:
                found = self._logs[account, region] = EventLog(account, region, _publisher(account))
            return found


def _publisher(account: str) -> Publish:
    def publish(topic_arn: str, subject: str, message: str) -> None:
        from localstack.aws.connect import connect_to

        # The region of an ARN is its fourth part.
        sns = connect_to(aws_access_key_id=account, region_name=topic_arn.split(":")[3]).sns
        sns.publish(TopicArn=topic_arn, Subject=subject, Message=message)

    return publish
