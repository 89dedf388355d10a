"""The actions and resources of IAM that Kafka's operations need.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/kafka-actions.html
"""

CONNECT = "kafka-cluster:Connect"

_ACTIONS = {
    ("CLUSTER", "ALTER"): "AlterCluster",
    ("CLUSTER", "ALTER_CONFIGS"): "AlterClusterDynamicConfiguration",
    ("CLUSTER", "DESCRIBE"): "DescribeCluster",
    ("CLUSTER", "DESCRIBE_CONFIGS"): "DescribeClusterDynamicConfiguration",
    ("CLUSTER", "IDEMPOTENT_WRITE"): "WriteDataIdempotently",
    ("TOPIC", "ALTER"): "AlterTopic",
    ("TOPIC", "ALTER_CONFIGS"): "AlterTopicDynamicConfiguration",
    ("TOPIC", "CREATE"): "CreateTopic",
    ("TOPIC", "DELETE"): "DeleteTopic",
    ("TOPIC", "DESCRIBE"): "DescribeTopic",
    ("TOPIC", "DESCRIBE_CONFIGS"): "DescribeTopicDynamicConfiguration",
    ("TOPIC", "READ"): "ReadData",
    ("TOPIC", "WRITE"): "WriteData",
    ("GROUP", "DELETE"): "DeleteGroup",
    ("GROUP", "DESCRIBE"): "DescribeGroup",
    ("GROUP", "READ"): "AlterGroup",
    ("TRANSACTIONAL_ID", "DESCRIBE"): "DescribeTransactionalId",
    ("TRANSACTIONAL_ID", "WRITE"): "AlterTransactionalId",
}
"""By Kafka's type of the resource and its operation. What is missing is denied: no policy can allow it."""

_RESOURCES = {"TOPIC": "topic", "GROUP": "group", "TRANSACTIONAL_ID": "transactional-id"}


def permission(cluster_arn: str, resource_type: str, operation: str, name: str) -> tuple[str, str] | None:
    """Returns the action, and the ARN of the resource, that allow an operation; None if no action does."""
    action = _ACTIONS.get((resource_type, operation))
    if action is None:
        return None
    kind = _RESOURCES.get(resource_type)
    # A cluster's ARN is arn:aws:kafka:region:account:cluster/name/uuid, and that of a topic .../topic/name/uuid/topic.
    resource = f"{cluster_arn.replace(':cluster/', f':{kind}/', 1)}/{name}" if kind else cluster_arn
    return f"kafka-cluster:{action}", resource
