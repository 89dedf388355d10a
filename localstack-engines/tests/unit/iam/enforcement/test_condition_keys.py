import pytest

from localstack_engines.iam.enforcement import condition_keys


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("arn:aws:sqs:us-east-1:111122223333:queue", "111122223333"),
        ("arn:aws:s3:::bucket/key", None),
        ("*", None),
        (None, None),
    ],
)
def test_the_account_of_a_resource_is_that_of_its_arn(name: str | None, account: str | None) -> None:
    assert condition_keys.of_resource(name).get("aws:ResourceAccount") == account
