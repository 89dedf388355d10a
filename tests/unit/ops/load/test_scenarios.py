"""What the load scenarios send is accepted."""

from ops.load import scenarios
from services.auth.password_rules import weakness


def test_new_accounts_have_a_password_that_is_accepted() -> None:
    body = scenarios.new_account(0).body
    assert isinstance(body, dict)
    assert weakness(body["password"], (body["username"], body["email"])) is None
