"""Who a broker's client is when a broker asks what it may do."""

from localstack_engines.services.kafka.control import iam_clients


def test_a_client_is_who_owns_its_access_key() -> None:
    """LocalStack takes a key that it did not issue for that of an account's root: it has to be the named one."""
    found = iam_clients.find("arn:aws:iam::111122223333:root#111122223333")
    assert found is not None
    assert found.is_root
    for name in (
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::111122223333:root#test",
        "arn:aws:sts::000000000000:assumed-role/reader/task#test",
    ):
        assert iam_clients.find(name) is None
