"""The ECS services that scalable targets are."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.services.applicationautoscaling.models import TargetKey


@dataclass(frozen=True)
class Counts:
    """The desired and the running number of a service's tasks."""

    desired: int
    running: int


def counts(key: TargetKey) -> Counts | None:
    """Returns the counts of an active service, or None when there is none."""
    try:
        found = _client(key).describe_services(cluster=key.cluster, services=[key.service])["services"]
    except ClientError:
        # The cluster does not exist.
        return None
    active = next((service for service in found if service["status"] == "ACTIVE"), None)
    return Counts(active["desiredCount"], active["runningCount"]) if active else None


def set_desired(key: TargetKey, count: int) -> None:
    """Changes the desired count. Raises ClientError."""
    _client(key).update_service(cluster=key.cluster, service=key.service, desiredCount=count)


def _client(key: TargetKey) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=key.account, region_name=key.region).ecs
