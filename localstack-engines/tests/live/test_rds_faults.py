"""RDS: what a request asks for is done or refused, and a refused request leaves nothing behind."""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest

from lab.errors import refused
from lab.localstack import client
from lab.rds import PASSWORD, create, delete, describe, sql, wait_for


@pytest.fixture(scope="module")
def instance(rds: Any) -> Iterator[dict[str, Any]]:
    """An instance that the tests of this module share. They leave it as it was."""
    name = f"db-{uuid.uuid4().hex[:8]}"
    yield create(rds, name)
    delete(rds, name)


def managed_password(created: dict[str, Any]) -> str:
    secret = client("secretsmanager").get_secret_value(SecretId=created["MasterUserSecret"]["SecretArn"])
    found = re.search(r'"password": "([^"]+)"', secret["SecretString"])
    assert found
    return found[1].replace("\\\\", "\\")


def test_a_managed_password_is_encrypted_with_a_customers_key(rds: Any, name: str) -> None:
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    options = {"MasterUserPassword": None, "ManageMasterUserPassword": True}
    created = create(rds, name, MasterUserSecretKmsKeyId=key["KeyId"], **options)
    try:
        assert created["MasterUserSecret"]["KmsKeyId"] == key["Arn"]
        first = managed_password(created)
        assert sql(created, "SELECT 1", password=first) == 1
        refused(
            rds.modify_db_instance, "InvalidParameterCombination", "apply immediately",
            DBInstanceIdentifier=name, RotateMasterUserPassword=True,
        )  # fmt: skip
        rds.modify_db_instance(DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True)
        assert sql(created, "SELECT 1", password=managed_password(created)) == 1
        with pytest.raises(asyncpg.InvalidPasswordError):
            sql(created, "SELECT 1", password=first)
        # A key that is gone breaks no description.
        kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
        assert describe(rds, name)["MasterUserSecret"]["KmsKeyId"] == key["Arn"]
        refused(
            partial(create, rds, f"{name}-b"), "KMSKeyNotAccessibleFault", "is not enabled",
            MasterUserSecretKmsKeyId=key["KeyId"], **options,
        )  # fmt: skip
    finally:
        delete(rds, name)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        (
            {"ManageMasterUserPassword": True, "MasterUserPassword": None, "MasterUserSecretKmsKeyId": "nope"},
            "KMSKeyNotAccessibleFault",
            "nope",
        ),
        ({"MasterUserSecretKmsKeyId": "alias/aws/rds"}, "InvalidParameterCombination", "MasterUserSecretKmsKeyId"),
        ({"StorageEncrypted": True, "KmsKeyId": "nope"}, "KMSKeyNotAccessibleFault", "nope"),
        ({"PreferredMaintenanceWindow": "noon"}, "InvalidParameterValue", "maintenance window"),
        ({"OptionGroupName": "nope"}, "OptionGroupNotFoundFault", "nope"),
        ({"CACertificateIdentifier": "rds-ca-2010"}, "CertificateNotFound", "rds-ca-2010"),
        ({"AvailabilityZone": "eu-west-1a"}, "InvalidParameterValue", "eu-west-1a"),
        ({"Port": 3306}, "InvalidParameterValue", "Port 3306 is not supported"),
        ({"EngineLifecycleSupport": "for-ever"}, "InvalidParameterValue", "EngineLifecycleSupport"),
        ({"Domain": "d-1234567890"}, "InvalidParameterValue", "Domain"),
        ({"DBInstanceClass": "db.t9.micro"}, "InvalidParameterCombination", "db.t9.micro"),
        ({"StorageType": "io2", "AllocatedStorage": 100}, "InvalidParameterCombination", "Iops"),
        ({"StorageType": "gp3", "Iops": 12000}, "InvalidParameterCombination", "storage size less than 400"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue", "retention"),
        ({"EnableCloudwatchLogsExports": ["audit"]}, "InvalidParameterCombination", "audit"),
    ],
)  # fmt: skip
def test_a_refused_creation_leaves_no_record(
    rds: Any, name: str, change: dict[str, Any], code: str, message: str
) -> None:
    refused(partial(create, rds, name), code, message, **change)
    refused(rds.describe_db_instances, "DBInstanceNotFound", name, DBInstanceIdentifier=name)
    rds.describe_db_instances()


def test_the_port_is_honoured(rds: Any, name: str) -> None:
    # The error for another port names those that LocalStack publishes.
    message = refused(partial(create, rds, name), "InvalidParameterValue", "Port 3306", Port=3306)
    published = re.search(r"one of \d+-(\d+)", message)
    assert published
    port = int(published[1])
    created = create(rds, name, Port=port)
    try:
        assert created["Endpoint"]["Port"] == port
        assert sql(created, "SHOW port") == str(port)
        refused(partial(create, rds, f"{name}-b"), "InsufficientDBInstanceCapacity", str(port), Port=port)
        refused(rds.describe_db_instances, "DBInstanceNotFound", name, DBInstanceIdentifier=f"{name}-b")
    finally:
        delete(rds, name)


EXTENSIONS = (
    "amcheck", "bloom", "dblink", "earthdistance", "pg_buffercache", "pg_prewarm", "pg_stat_statements",
    "pg_visibility", "pg_walinspect", "pgrowlocks", "pgstattuple", "postgres_fdw", "sslinfo",
)  # fmt: skip


def test_the_master_user_has_what_rds_superuser_has(rds: Any, instance: dict[str, Any]) -> None:
    statements = [f"CREATE EXTENSION {extension} CASCADE" for extension in EXTENSIONS]
    sql(instance, *statements, "SELECT 1")
    assert sql(instance, "SELECT count(*) > 0 FROM pg_stat_statements") is True
    sql(instance, "SELECT pg_stat_statements_reset()")
    port, quoted = instance["Endpoint"]["Port"], PASSWORD.replace("'", "''")
    loop = [
        "CREATE TABLE here AS SELECT 42 AS x",
        "CREATE SERVER loop FOREIGN DATA WRAPPER postgres_fdw"
        f" OPTIONS (host '127.0.0.1', port '{port}', dbname 'clinic')",
        f"CREATE USER MAPPING FOR postgres SERVER loop OPTIONS (user 'postgres', password '{quoted}')",
        "CREATE FOREIGN TABLE there (x int) SERVER loop OPTIONS (table_name 'here')",
        "SELECT x FROM there",
    ]
    assert sql(instance, *loop) == 42
    roles = "SELECT string_agg(rolname, ',' ORDER BY rolname) FROM pg_roles WHERE rolname ~ '^rds_'"
    assert sql(instance, roles) == "rds_iam,rds_password,rds_replication,rds_superuser"
    assert sql(instance, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    # What applications' migrations do on RDS.
    grants = [
        "CREATE ROLE reader LOGIN PASSWORD 'reader-Passw0rd'",
        "GRANT pg_read_all_data TO reader",
        "CREATE ROLE token LOGIN PASSWORD 'token-Passw0rd'",
        "GRANT rds_iam TO token",
        "CREATE ROLE streamer LOGIN REPLICATION PASSWORD 'streamer-Passw0rd'",
        "GRANT rds_replication TO streamer",
        "CREATE ROLE boss LOGIN PASSWORD 'boss-Passw0rd'",
        "GRANT rds_superuser TO boss",
        "SELECT 1",
    ]
    sql(instance, *grants)
    reader = {**instance, "MasterUsername": "reader"}
    assert sql(reader, "SELECT x FROM here", password="reader-Passw0rd") == 42
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError, match="rejects"):
        sql({**instance, "MasterUsername": "token"}, "SELECT 1", password="token-Passw0rd")
    boss = {**instance, "MasterUsername": "boss"}
    assert sql(boss, "SELECT count(*) >= 0 FROM pg_stat_statements", password="boss-Passw0rd") is True


def test_orderable_options_are_what_can_be_created(rds: Any) -> None:
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(Engine="postgres", EngineVersion="17")
    options = [option for page in pages for option in page["OrderableDBInstanceOptions"]]
    assert {"db.t4g.micro", "db.m7g.large", "db.r8g.48xlarge"} <= {option["DBInstanceClass"] for option in options}
    found = [one for one in options if one["DBInstanceClass"] == "db.t4g.micro" and one["StorageType"] == "gp3"]
    assert found[0]["MinStorageSize"] == 20
    assert {"Name": "us-east-1a"} in found[0]["AvailabilityZones"]
    refused(rds.describe_orderable_db_instance_options, "InvalidParameterValue", "mysql", Engine="mysql")


def test_a_subnet_group_is_in_one_vpc(rds: Any, name: str) -> None:
    ec2 = client("ec2")
    vpcs = [ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in (58, 59)]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{number}.{index}.0/24", AvailabilityZone=f"us-east-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for vpc, number in zip(vpcs, (58, 59), strict=True)
        for index, zone in enumerate("ab")
    ]
    group = {"DBSubnetGroupName": name, "DBSubnetGroupDescription": "x"}
    refused(rds.create_db_subnet_group, "InvalidSubnet", "common VPC", **group, SubnetIds=[subnets[0], subnets[3]])
    rds.create_db_subnet_group(**group, SubnetIds=subnets[:2])
    refused(rds.modify_db_subnet_group, "InvalidSubnet", "common VPC", DBSubnetGroupName=name, SubnetIds=subnets[2:])
    firewall = ec2.create_security_group(GroupName=name, Description="x", VpcId=vpcs[1])["GroupId"]
    refused(
        partial(create, rds, name), "InvalidParameterCombination", "different VPCs",
        DBSubnetGroupName=name, VpcSecurityGroupIds=[firewall],
    )  # fmt: skip
    rds.delete_db_subnet_group(DBSubnetGroupName=name)
    ec2.delete_security_group(GroupId=firewall)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    for vpc in vpcs:
        ec2.delete_vpc(VpcId=vpc)


def test_changes_wait_for_the_maintenance_window(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    change = {"DBInstanceClass": "db.t4g.small", "AllocatedStorage": 30}
    changed = rds.modify_db_instance(
        DBInstanceIdentifier=name, **change, PreferredMaintenanceWindow=far_window(), DeletionProtection=True
    )["DBInstance"]
    assert changed["PendingModifiedValues"] == change
    assert (changed["DBInstanceClass"], changed["AllocatedStorage"]) == ("db.t4g.micro", 20)
    assert changed["DeletionProtection"] is True
    # A later change that is applied at once takes those that wait with it.
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    changed = describe(rds, name)
    assert changed["PendingModifiedValues"] == {}
    assert (changed["DBInstanceClass"], changed["AllocatedStorage"]) == ("db.t4g.small", 30)
    # Backups that are turned off wait, another number of days does not.
    assert rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=9)["DBInstance"][
        "BackupRetentionPeriod"
    ] == 9  # fmt: skip
    off = rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=0)["DBInstance"]
    assert (off["BackupRetentionPeriod"], off["PendingModifiedValues"]) == (9, {"BackupRetentionPeriod": 0})
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=9, ApplyImmediately=True)


def far_window() -> str:
    """Returns a maintenance window that is days away."""
    day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
    return f"{day}:03:00-{day}:03:30"


def test_a_new_identifier_waits_too(rds: Any, name: str) -> None:
    create(rds, name, PreferredMaintenanceWindow=far_window())
    new = f"{name}-new"
    waiting = rds.modify_db_instance(DBInstanceIdentifier=name, NewDBInstanceIdentifier=new)["DBInstance"]
    assert waiting["PendingModifiedValues"] == {"DBInstanceIdentifier": new}
    rds.modify_db_instance(DBInstanceIdentifier=name, ApplyImmediately=True)
    assert sql(wait_for(rds, new, "available"), "SELECT 1") == 1
    refused(rds.describe_db_instances, "DBInstanceNotFound", name, DBInstanceIdentifier=name)
    delete(rds, new)


def test_no_snapshot_is_described_that_does_not_exist(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    assert rds.describe_db_snapshots(DBInstanceIdentifier=name)["DBSnapshots"] == []
    refused(
        rds.restore_db_instance_from_db_snapshot, "DBSnapshotNotFound", "rds:nope",
        DBInstanceIdentifier=f"{name}-b", DBSnapshotIdentifier="rds:nope",
    )  # fmt: skip
