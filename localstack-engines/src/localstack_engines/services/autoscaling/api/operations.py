"""The base of all groups of Auto Scaling operations."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.autoscaling.errors import group_not_found
from localstack_engines.services.autoscaling.store import Store

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Finds what requests name."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def group(self, context: RequestContext, request: Request) -> Any:
        """Returns moto's record of the group that a request names. Raises ValidationError."""
        found = self.store.group(context.account_id, context.region, request["AutoScalingGroupName"])
        if found is None:
            raise group_not_found()
        return found
