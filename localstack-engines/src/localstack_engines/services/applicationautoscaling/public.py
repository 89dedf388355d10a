"""What other services may ask for: that the desired count of an ECS service follows a metric within limits."""

from typing import Any

from localstack_engines.services.applicationautoscaling.models import DIMENSION, NAMESPACE, TARGET_TRACKING, TargetKey


def service_key(account: str, region: str, cluster: str, service: str) -> TargetKey:
    """Returns the key of an ECS service as a scalable target. `cluster` and `service` are names."""
    return TargetKey(account, region, NAMESPACE, f"service/{cluster}/{service}", DIMENSION)


def register(key: TargetKey, minimum: int, maximum: int) -> str:
    """Registers a target or changes its limits, and returns its ARN. Raises ClientError.

    A desired count outside of the limits is changed at once.
    """
    response = _client(key).register_scalable_target(**_names(key), MinCapacity=minimum, MaxCapacity=maximum)
    return str(response["ScalableTargetARN"])


def put_target_tracking(
    key: TargetKey, name: str, metric: str, target: float, resource_label: str | None = None, **options: Any
) -> str:
    """Makes or changes a target tracking policy for a predefined metric, and returns its ARN. Raises ClientError.

    `metric` is a PredefinedMetricType. `options` are further members of TargetTrackingScalingPolicyConfiguration.
    """
    label = {"ResourceLabel": resource_label} if resource_label else {}
    specification = {"PredefinedMetricType": metric, **label}
    response = _client(key).put_scaling_policy(
        **_names(key),
        PolicyName=name,
        PolicyType=TARGET_TRACKING,
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": target,
            "PredefinedMetricSpecification": specification,
            **options,
        },
    )
    return str(response["PolicyARN"])


def delete_policy(key: TargetKey, name: str) -> None:
    """Deletes a policy with its alarms. Does nothing when there is none."""
    client = _client(key)
    try:
        client.delete_scaling_policy(**_names(key), PolicyName=name)
    except client.exceptions.ObjectNotFoundException:
        return


def deregister(key: TargetKey) -> None:
    """Removes a target with its policies, alarms and scheduled actions. Does nothing when it is not registered."""
    client = _client(key)
    try:
        client.deregister_scalable_target(**_names(key))
    except client.exceptions.ObjectNotFoundException:
        return


def _names(key: TargetKey) -> dict[str, str]:
    return {"ServiceNamespace": key.namespace, "ResourceId": key.resource_id, "ScalableDimension": key.dimension}


def _client(key: TargetKey) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=key.account, region_name=key.region).get_client("application-autoscaling")
