import pytest

from localstack_engines.services.kafka.control.iam_permissions import permission

CLUSTER = "arn:aws:kafka:us-east-1:111122223333:cluster/demo/1-2"


@pytest.mark.parametrize(
    ("resource_type", "operation", "name", "action", "resource"),
    [
        ("CLUSTER", "IDEMPOTENT_WRITE", "kafka-cluster", "WriteDataIdempotently", CLUSTER),
        ("TOPIC", "READ", "a.b", "ReadData", "arn:aws:kafka:us-east-1:111122223333:topic/demo/1-2/a.b"),
        ("TOPIC", "CREATE", "t", "CreateTopic", "arn:aws:kafka:us-east-1:111122223333:topic/demo/1-2/t"),
        ("GROUP", "READ", "g/1", "AlterGroup", "arn:aws:kafka:us-east-1:111122223333:group/demo/1-2/g/1"),
        (
            "TRANSACTIONAL_ID",
            "WRITE",
            "x",
            "AlterTransactionalId",
            "arn:aws:kafka:us-east-1:111122223333:transactional-id/demo/1-2/x",
        ),
    ],
)
def test_operations_need_the_actions_of_the_developer_guide(
    resource_type: str, operation: str, name: str, action: str, resource: str
) -> None:
    assert permission(CLUSTER, resource_type, operation, name) == (f"kafka-cluster:{action}", resource)


@pytest.mark.parametrize(
    ("resource_type", "operation"),
    [("CLUSTER", "CREATE"), ("CLUSTER", "CLUSTER_ACTION"), ("DELEGATION_TOKEN", "DESCRIBE"), ("TOPIC", "ALL")],
)
def test_no_policy_can_allow_other_operations(resource_type: str, operation: str) -> None:
    assert permission(CLUSTER, resource_type, operation, "x") is None


def test_a_cluster_named_like_a_part_of_its_arn_is_replaced_once() -> None:
    arn = "arn:aws:kafka:us-east-1:111122223333:cluster/x/:cluster/"
    found = permission(arn, "TOPIC", "READ", "t")
    assert found == ("kafka-cluster:ReadData", "arn:aws:kafka:us-east-1:111122223333:topic/x/:cluster//t")
