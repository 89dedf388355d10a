"""RDS: the API reports what PostgreSQL does."""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import asyncpg
import pytest

from lab.errors import refused
from lab.localstack import client, in_container
from lab.rds import UNREACHABLE, create, delete, describe, sql, wait_for
from lab.waiting import until


@pytest.fixture
def instance(rds: Any, name: str) -> Iterator[dict[str, Any]]:
    yield create(rds, name)
    delete(rds, name)


def test_an_available_instance_answers_sql(rds: Any, name: str) -> None:
    created = create(rds, name)
    try:
        assert sql(created, "SELECT current_user || '@' || current_database()") == "postgres@clinic"
        assert created["EngineVersion"] in sql(created, "SELECT version()")
        assert created["Endpoint"]["Address"] == "localhost.localstack.cloud"
    finally:
        delete(rds, name)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
    refused(rds.describe_db_instances, "DBInstanceNotFound", name, DBInstanceIdentifier=name)


def test_the_master_user_owns_the_database_and_is_no_superuser(rds: Any, instance: dict[str, Any]) -> None:
    # The services' exclusion constraints need btree_gist.
    sql(instance, "CREATE EXTENSION btree_gist", "CREATE TABLE t (x text)", "SELECT 1")
    assert sql(instance, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert sql(instance, "SELECT 1", ssl="require") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        sql(instance, "SELECT 1", password="wrong")


def test_stop_start_and_reboot_keep_data_and_port(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    sql(instance, "CREATE TABLE kept AS SELECT 42 AS x", "SELECT 1")
    rds.stop_db_instance(DBInstanceIdentifier=name)
    wait_for(rds, name, "stopped")
    with pytest.raises((OSError, asyncpg.PostgresError)):
        sql(instance, "SELECT 1")
    refused(rds.stop_db_instance, "InvalidDBInstanceState", "not in available state", DBInstanceIdentifier=name)
    rds.start_db_instance(DBInstanceIdentifier=name)
    started = wait_for(rds, name, "available")
    assert started["Endpoint"] == instance["Endpoint"]
    refused(rds.start_db_instance, "InvalidDBInstanceState", "not in stopped state", DBInstanceIdentifier=name)
    assert rds.reboot_db_instance(DBInstanceIdentifier=name)["DBInstance"]["DBInstanceStatus"] == "rebooting"
    wait_for(rds, name, "available")
    assert sql(instance, "SELECT x FROM kept") == 42


def test_a_killed_server_restarts_with_every_commit(rds: Any, instance: dict[str, Any]) -> None:
    sql(instance, "CREATE TABLE n (x int)", "SELECT 1")
    port = instance["Endpoint"]["Port"]
    for number in range(5):
        sql(instance, f"INSERT INTO n VALUES ({number})", "SELECT 1")
        in_container("sh", "-c", f"kill -9 $(head -1 /var/lib/localstack/engines/rds/{port}/data/postmaster.pid)")
        rows = until("the rows", lambda: sql(instance, "SELECT count(*) FROM n"), despite=UNREACHABLE)
        assert rows == number + 1
    wait_for(rds, instance["DBInstanceIdentifier"], "available")


def test_modify_master_password(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    rds.modify_db_instance(DBInstanceIdentifier=name, MasterUserPassword="second-Passw0rd")
    assert sql(instance, "SELECT 1", password="second-Passw0rd") == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        sql(instance, "SELECT 1")


def test_managed_master_password(rds: Any, name: str) -> None:
    created = create(rds, name, MasterUserPassword=None, ManageMasterUserPassword=True)
    try:
        arn = created["MasterUserSecret"]["SecretArn"]
        secret = client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
        found = re.search(r'"password": "([^"]+)"', secret)
        assert found
        assert sql(created, "SELECT 1", password=found[1].replace("\\\\", "\\")) == 1
    finally:
        delete(rds, name)


def test_parameter_group_reaches_the_server(rds: Any, name: str) -> None:
    group = f"group-{name}"
    rds.create_db_parameter_group(DBParameterGroupName=group, DBParameterGroupFamily="postgres17", Description="x")
    change = {"ParameterName": "max_connections", "ParameterValue": "42", "ApplyMethod": "pending-reboot"}
    rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[change])
    created = create(rds, name, DBParameterGroupName=group)
    try:
        assert sql(created, "SHOW max_connections") == "42"
        # A dynamic parameter is applied at once, a static one at the reboot.
        now = {"ParameterName": "work_mem", "ParameterValue": "2048", "ApplyMethod": "immediate"}
        rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[now])
        until("the parameter", lambda: sql(created, "SHOW work_mem") == "2MB", despite=UNREACHABLE)
        assert describe(rds, name)["DBParameterGroups"][0]["ParameterApplyStatus"] == "in-sync"
        rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=[change | {"ParameterValue": "43"}])
        assert describe(rds, name)["DBParameterGroups"][0]["ParameterApplyStatus"] == "pending-reboot"
        assert sql(created, "SHOW max_connections") == "42"
        rds.reboot_db_instance(DBInstanceIdentifier=name)
        wait_for(rds, name, "available")
        assert sql(created, "SHOW max_connections") == "43"
        refused(rds.delete_db_parameter_group, "InvalidDBParameterGroupState", "members", DBParameterGroupName=group)
    finally:
        delete(rds, name)
    rds.delete_db_parameter_group(DBParameterGroupName=group)


def test_parameters_are_checked(rds: Any, name: str) -> None:
    group = f"group-{name}"
    rds.create_db_parameter_group(DBParameterGroupName=group, DBParameterGroupFamily="postgres17", Description="x")
    for parameter, value, method, code, message in [
        ("no_such", "1", "immediate", "InvalidParameterValue", "Could not find parameter with name: no_such"),
        ("max_connections", "many", "pending-reboot", "InvalidParameterValue", "allowed values are: 1-262143"),
        ("max_connections", "50", "immediate", "InvalidParameterCombination", "cannot use immediate apply method"),
        ("fsync", "off", "immediate", "InvalidParameterValue", "cannot be modified"),
    ]:
        change = {"ParameterName": parameter, "ParameterValue": value, "ApplyMethod": method}
        refused(rds.modify_db_parameter_group, code, message, DBParameterGroupName=group, Parameters=[change])
    pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=group)
    described = {found["ParameterName"]: found for page in pages for found in page["Parameters"]}
    assert described["max_connections"]["ApplyType"] == "static"
    rds.delete_db_parameter_group(DBParameterGroupName=group)


def test_final_snapshot_and_restore(rds: Any, name: str) -> None:
    created = create(rds, name)
    sql(created, "CREATE TABLE kept AS SELECT 'precious' AS x", "SELECT 1")
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-running")
    sql(created, "UPDATE kept SET x = 'last'", "SELECT 1")
    rds.delete_db_instance(DBInstanceIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-final")
    for snapshot, content in ((f"{name}-running", "precious"), (f"{name}-final", "last")):
        restored = f"{name}-restored"
        rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=restored, DBSnapshotIdentifier=snapshot)
        found = wait_for(rds, restored, "available")
        assert sql(found, "SELECT x FROM kept", database="clinic") == content
        delete(rds, restored)
        rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"EngineVersion": "18.1"}, "InvalidParameterCombination", "^Cannot find version 18.1 for postgres"),
        ({"EngineVersion": "17.99"}, "InvalidParameterCombination", "^Cannot find version 17.99 for postgres"),
        ({"Engine": "mysql"}, "InvalidParameterValue", "^Invalid DB engine: mysql"),
        ({"DBInstanceClass": "t3.micro"}, "InvalidParameterValue", "^Invalid DB Instance class: t3.micro"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue", "shorter than 8 characters"),
        ({"MasterUserPassword": "with/a/slash"}, "InvalidParameterValue", "printable ASCII characters besides"),
        ({"MasterUsername": "rdsadmin"}, "InvalidParameterValue", "reserved word"),
        ({"DBName": "1bad"}, "InvalidParameterValue", "DBName must begin with a letter"),
        ({"AllocatedStorage": 1}, "InvalidParameterCombination", "Invalid storage size"),
        ({"DBParameterGroupName": "nope"}, "DBParameterGroupNotFound", "nope"),
        ({"DBSubnetGroupName": "nope"}, "DBSubnetGroupNotFoundFault", "nope"),
        ({"VpcSecurityGroupIds": ["sg-nope"]}, "InvalidParameterValue", "Invalid security group"),
    ],
)
def test_invalid_requests_fail_with_awss_errors(
    rds: Any, name: str, change: dict[str, Any], code: str, message: str
) -> None:
    refused(partial(create, rds, name), code, message, **change)
    refused(rds.describe_db_instances, "DBInstanceNotFound", name, DBInstanceIdentifier=name)


def test_operations_that_an_instance_refuses(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    refused(create, "DBInstanceAlreadyExists", "already exists", rds=rds, name=name.upper())
    refused(rds.delete_db_instance, "InvalidParameterCombination", "is required unless", DBInstanceIdentifier=name)
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=True, ApplyImmediately=True)
    refused(delete, "InvalidParameterCombination", "Cannot delete protected DB Instance", rds=rds, name=name)
    rds.modify_db_instance(DBInstanceIdentifier=name, DeletionProtection=False, ApplyImmediately=True)
    for call in (rds.stop_db_instance, rds.reboot_db_instance, rds.modify_db_instance):
        refused(call, "DBInstanceNotFound", "nobody", DBInstanceIdentifier="nobody")


def test_unsupported_operations_are_refused(rds: Any, instance: dict[str, Any]) -> None:
    refused(
        rds.create_global_cluster,
        "NotImplementedException",
        "CreateGlobalCluster is not supported",
        GlobalClusterIdentifier="c",
    )


def test_log_files_and_log_export(rds: Any, name: str) -> None:
    created = create(rds, name, EnableCloudwatchLogsExports=["postgresql"])
    with pytest.raises(asyncpg.UndefinedTableError):
        sql(created, "SELECT * FROM missing_table")
    [file] = rds.describe_db_log_files(DBInstanceIdentifier=name)["DescribeDBLogFiles"]
    wanted = {"DBInstanceIdentifier": name, "LogFileName": file["LogFileName"]}
    assert "missing_table" in rds.download_db_log_file_portion(**wanted)["LogFileData"]
    first = rds.download_db_log_file_portion(**wanted, Marker="0", NumberOfLines=1)
    assert first["AdditionalDataPending"]
    assert len(first["LogFileData"].splitlines()) == 1
    logs, group = client("logs"), f"/aws/rds/instance/{name}/postgresql"
    query = {"logGroupName": group, "filterPattern": "missing_table"}
    # The log group is created with the first lines.
    not_yet = (logs.exceptions.ResourceNotFoundException,)
    until("the log", lambda: logs.filter_log_events(**query)["events"], despite=not_yet)
    delete(rds, name)
    logs.delete_log_group(logGroupName=group)


def test_page_sizes(rds: Any) -> None:
    refused(rds.describe_db_instances, "InvalidParameterValue", "Must be between 20 and 100", MaxRecords=5)


def test_filters_tags_and_versions(rds: Any, instance: dict[str, Any]) -> None:
    for key, value in (
        ("db-instance-id", instance["DBInstanceIdentifier"]),
        ("dbi-resource-id", instance["DbiResourceId"]),
    ):
        found = rds.describe_db_instances(Filters=[{"Name": key, "Values": [value]}])["DBInstances"]
        assert [one["DBInstanceArn"] for one in found] == [instance["DBInstanceArn"]]
    rds.add_tags_to_resource(ResourceName=instance["DBInstanceArn"], Tags=[{"Key": "a", "Value": "b"}])
    assert describe(rds, instance["DBInstanceIdentifier"])["TagList"] == [{"Key": "a", "Value": "b"}]
    versions = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="17")["DBEngineVersions"]
    assert instance["EngineVersion"] in [version["EngineVersion"] for version in versions]
    assert {version["DBParameterGroupFamily"] for version in versions} == {"postgres17"}


def test_subnet_groups(rds: Any, name: str) -> None:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.62.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.62.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    ids = [subnet["SubnetId"] for subnet in subnets]
    group = {"DBSubnetGroupName": name.upper(), "DBSubnetGroupDescription": "x"}
    refused(rds.create_db_subnet_group, "DBSubnetGroupDoesNotCoverEnoughAZs", "us-east-1a", **group, SubnetIds=ids[:1])
    refused(rds.create_db_subnet_group, "InvalidSubnet", "subnet-nope", **group, SubnetIds=[ids[0], "subnet-nope"])
    rds.create_db_subnet_group(**group, SubnetIds=ids)
    refused(rds.create_db_subnet_group, "DBSubnetGroupAlreadyExists", name, **group, SubnetIds=ids)
    created = create(rds, name, DBSubnetGroupName=name)
    assert created["DBSubnetGroup"]["VpcId"] == vpc
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    [default] = ec2.describe_security_groups(Filters=filters)["SecurityGroups"]
    assert [one["VpcSecurityGroupId"] for one in created["VpcSecurityGroups"]] == [default["GroupId"]]
    refused(rds.delete_db_subnet_group, "InvalidDBSubnetGroupStateFault", "still using it", DBSubnetGroupName=name)
    delete(rds, name)
    rds.delete_db_subnet_group(DBSubnetGroupName=name)
    for subnet in ids:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_a_copied_snapshot_is_restored(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    sql(instance, "CREATE TABLE kept AS SELECT 'precious' AS x", "SELECT 1")
    rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-first")
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier=f"{name}-first", TargetDBSnapshotIdentifier=f"{name}-second")
    restored = f"{name}-restored"
    rds.restore_db_instance_from_db_snapshot(DBInstanceIdentifier=restored, DBSnapshotIdentifier=f"{name}-second")
    found = wait_for(rds, restored, "available")
    assert sql(found, "SELECT x FROM kept", database="clinic") == "precious"
    delete(rds, restored)
    for snapshot in (f"{name}-first", f"{name}-second"):
        rds.delete_db_snapshot(DBSnapshotIdentifier=snapshot)
