"""Who may log in to a server, and how."""

import pytest

from localstack_engines.services.rds.engine import client_access


def methods(rules: str, user: str) -> list[list[str]]:
    """Returns the kinds of connection and the methods of the rules for a user, in their order."""
    lines = [line.split() for line in rules.splitlines()]
    return [[line[0], line[4]] for line in lines if line[0] != "local" and line[2] == user]


def test_tokens_need_tls_and_come_before_passwords() -> None:
    rules = client_access.rules("owner", 5000, tls_only=False, binds=6000)
    assert methods(rules, "+rds_iam") == [["hostssl", "ldap"], ["host", "reject"]]
    assert 'ldapserver=127.0.0.1 ldapport=6000 ldapprefix="5000/"' in rules
    assert rules.index("+rds_iam") < rules.index("host all all all")


def test_without_a_responder_nobody_logs_in_with_a_token() -> None:
    rules = client_access.rules("owner", 5000, tls_only=True, binds=None)
    assert methods(rules, "+rds_iam") == [["host", "reject"]]
    assert methods(rules, "all") == [["hostssl", "scram-sha-256"]]
    assert methods(rules, "rdsadmin") == [["host", "reject"]]


@pytest.mark.parametrize("role", ["app", "a/b", "", 'x" y'])
def test_a_bound_name_has_the_server_and_the_role(role: str) -> None:
    assert client_access.login(f"5000/{role}") == (5000, role)


@pytest.mark.parametrize("name", ["", "app", "x/app"])
def test_other_names_are_no_logins(name: str) -> None:
    with pytest.raises(ValueError, match=r"no server|invalid literal"):
        client_access.login(name)
