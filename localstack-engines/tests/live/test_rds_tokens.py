"""RDS: roles that have rds_iam log in with tokens of IAM, over TLS, if a policy allows it."""

import ssl
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from lab.localstack import ACCOUNT, ENDPOINT, REGION, client
from lab.rds import add_member, create, create_cluster, delete, delete_cluster, describe, public_dns, sql, wait_for
from lab.rds_tokens import ROOT, iam_user, signed, token
from lab.waiting import until

ROLE = "app"
LOG_GROUP = "/aws/rds/instance/{}/iam-db-auth-error"
REFUSED = "LDAP authentication failed"
DISABLED = "pg_hba.conf rejects connection"


@pytest.fixture(scope="module")
def instance(rds: Any) -> Iterator[dict[str, Any]]:
    """An instance with IAM database authentication, and a role that uses it."""
    name = f"db-{uuid.uuid4().hex[:8]}"
    created = create(rds, name, EnableIAMDatabaseAuthentication=True, EnableCloudwatchLogsExports=["iam-db-auth-error"])
    sql(created, f"CREATE USER {ROLE} PASSWORD 'its-Passw0rd'", f"GRANT rds_iam TO {ROLE}", "SELECT 1")
    yield created
    delete(rds, name)
    client("logs").delete_log_group(logGroupName=LOG_GROUP.format(name))


def login(found: dict[str, Any], password: str, user: str = ROLE, **options: Any) -> Any:
    """Logs in as a role and returns its name."""
    return sql({**found, "MasterUsername": user}, "SELECT current_user", password=password, ssl="require", **options)


def refuses(found: dict[str, Any], password: str, message: str = REFUSED, **options: Any) -> None:
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match=message):
        login(found, password, **options)


def arn(resource_id: str, user: str = ROLE) -> str:
    return f"arn:aws:rds-db:{REGION}:{ACCOUNT}:dbuser:{resource_id}/{user}"


def test_a_policy_decides_who_may_connect(instance: dict[str, Any], unique: str) -> None:
    assert instance["IAMDatabaseAuthenticationEnabled"] is True
    with iam_user(unique) as user:
        made = token(instance, ROLE, user.credentials)
        refuses(instance, made)
        for other in (arn("db-ANOTHER"), arn(instance["DbiResourceId"], "other")):
            user.allow(other)
            refuses(instance, made)
        user.allow(arn(instance["DbiResourceId"]))
        assert login(instance, made) == ROLE
        # A token is no secret of one login: it may be used again until it expires.
        assert login(instance, made) == ROLE
        refuses(instance, token(instance, ROLE, user.credentials) + "0")
        [key] = client("iam").list_access_keys(UserName=unique)["AccessKeyMetadata"]
        client("iam").update_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"], Status="Inactive")
        refuses(instance, made)
    group = LOG_GROUP.format(instance["DBInstanceIdentifier"])
    reason = {"logGroupName": group, "filterPattern": '"no identity-based policy allows"'}
    logs = client("logs")
    not_yet = (logs.exceptions.ResourceNotFoundException,)
    until("the reason", lambda: logs.filter_log_events(**reason)["events"], despite=not_yet)


def test_a_session_of_a_role_logs_in(instance: dict[str, Any], unique: str) -> None:
    iam, trust = client("iam"), '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*"}]}'
    role = iam.create_role(RoleName=unique, AssumeRolePolicyDocument=trust)["Role"]
    try:
        found = client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="test")["Credentials"]
        session = type(ROOT)(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        refuses(instance, token(instance, ROLE, session))
        allow = (
            f'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"rds-db:*","Resource":"{arn("*")}"}}]}}'
        )
        iam.put_role_policy(RoleName=unique, PolicyName="connect", PolicyDocument=allow)
        assert login(instance, token(instance, ROLE, session)) == ROLE
        refuses(instance, token(instance, ROLE, type(ROOT)(session.access_key, session.secret_key)))
    finally:
        iam.delete_role_policy(RoleName=unique, PolicyName="connect")
        iam.delete_role(RoleName=unique)


def test_a_token_is_for_one_user_endpoint_and_region(instance: dict[str, Any]) -> None:
    address, port = instance["Endpoint"]["Address"], instance["Endpoint"]["Port"]
    assert login(instance, signed(instance, ROLE)) == ROLE
    for other in (
        signed(instance, "postgres"),
        signed(instance, ROLE, host=f"{address}:{port + 1}"),
        signed(instance, ROLE, host=f"elsewhere.example:{port}"),
        signed(instance, ROLE, region="eu-west-1"),
        signed(instance, ROLE, seconds=901),
        signed(instance, ROLE, Action="delete"),
        signed(instance, ROLE, dbuser=ROLE),
        signed(instance, ROLE).replace("X-Amz-Expires=900", "X-Amz-Expires=800"),
        "token",
        "[" * 200,
        "x" * 60_000,
    ):
        refuses(instance, other)
    # Tokens of sessions are long. A server passes up to 65,535 bytes on.
    long = signed(instance, ROLE, Padding="x" * 4_000)
    assert login(instance, long) == ROLE


def test_only_tls_and_only_members_of_rds_iam(instance: dict[str, Any]) -> None:
    made = token(instance, ROLE)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match=f"{DISABLED}.*no encryption"):
        sql({**instance, "MasterUsername": ROLE}, "SELECT 1", password=made, ssl="disable")
    # A member of rds_iam cannot use its password, and who is none cannot use a token.
    refuses(instance, "its-Passw0rd")
    with pytest.raises(asyncpg.InvalidPasswordError):
        login(instance, token(instance, "postgres"), user="postgres")
    strange = 'a/b"c d'
    sql(instance, 'CREATE USER "a/b""c d"', 'GRANT rds_iam TO "a/b""c d"', "SELECT 1")
    assert login(instance, token(instance, strange), user=strange) == strange
    refuses(instance, made, user=strange)


def test_a_client_verifies_the_server(instance: dict[str, Any]) -> None:
    with urllib.request.urlopen(f"{ENDPOINT}/_localstack/engines/ca-bundle.pem", timeout=60) as response:
        bundle = response.read().decode()
    # As libpq's sslmode=verify-full does.
    verifying = ssl.create_default_context(cadata=bundle)
    found = {**instance, "MasterUsername": ROLE}
    assert sql(found, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()", ssl=verifying,
               password=token(instance, ROLE)) is True  # fmt: skip
    with pytest.raises(ssl.SSLCertVerificationError):
        sql(found, "SELECT 1", password=token(instance, ROLE), ssl=ssl.create_default_context())


def test_it_is_turned_off_and_on_while_the_server_runs(rds: Any, instance: dict[str, Any]) -> None:
    name, made = instance["DBInstanceIdentifier"], token(instance, ROLE)
    pid = sql(instance, "SELECT pg_postmaster_start_time()")
    change = {"DBInstanceIdentifier": name, "EnableIAMDatabaseAuthentication": False}
    pending = rds.modify_db_instance(**change)["DBInstance"]["PendingModifiedValues"]
    assert pending == {"IAMDatabaseAuthenticationEnabled": False}
    assert login(instance, made) == ROLE
    for allowed in (False, True):
        rds.modify_db_instance(**change | {"EnableIAMDatabaseAuthentication": allowed}, ApplyImmediately=True)
        found = describe(rds, name)
        assert (found["IAMDatabaseAuthenticationEnabled"], found["PendingModifiedValues"]) == (allowed, {})
        # A server reads its configuration when it gets the signal.
        until("the change", lambda expected=allowed: _allows(instance, made) is expected)
    assert sql(instance, "SELECT pg_postmaster_start_time()") == pid


def _allows(found: dict[str, Any], made: str) -> bool:
    try:
        return bool(login(found, made) == ROLE)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        if DISABLED not in str(error):
            raise
        return False


def test_a_cluster_allows_tokens_for_its_endpoints(rds: Any, unique: str, monkeypatch: pytest.MonkeyPatch) -> None:
    public_dns(monkeypatch)
    found = create_cluster(rds, unique, EnableIAMDatabaseAuthentication=True)
    assert found["IAMDatabaseAuthenticationEnabled"] is True
    member = f"{unique}-1"
    add_member(rds, unique, member)
    try:
        one = wait_for(rds, member, "available")
        assert one["IAMDatabaseAuthenticationEnabled"] is True
        sql(one, f"CREATE USER {ROLE}", f"GRANT rds_iam TO {ROLE}", "SELECT 1", database="clinic")
        with iam_user(unique) as user:
            user.allow(arn(found["DbClusterResourceId"]))
            for address in (found["Endpoint"], found["ReaderEndpoint"]):
                at = {**found, "Endpoint": {"Address": address, "Port": found["Port"]}}
                made = token(at, ROLE, user.credentials)
                assert login(at, made, database="clinic") == ROLE
            assert login(one, token(one, ROLE, user.credentials), database="clinic") == ROLE
            user.allow(arn(one["DbiResourceId"]))
            refuses(at, made, database="clinic")
        rds.modify_db_cluster(DBClusterIdentifier=unique, EnableIAMDatabaseAuthentication=False)
        until("the change", lambda: not _allows({**one, "DBName": "clinic"}, token(one, ROLE)))
    finally:
        delete_cluster(rds, unique)
