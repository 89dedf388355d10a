"""RDS: what templates for production ask of an instance works, or is checked and recorded."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from lab.errors import refused
from lab.localstack import client
from lab.rds import create, delete, describe, sql, wait_for
from lab.stacks import Stack

MONITORING = "monitoring.rds.amazonaws.com"


def trust(service: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.fixture
def instance(rds: Any, name: str) -> Iterator[dict[str, Any]]:
    """An instance in two zones."""
    yield create(rds, name, MultiAZ=True)
    delete(rds, name)


def template(name: str, **properties: Any) -> dict[str, Any]:
    """Returns the resources of an instance, its role and its key."""
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*",
                                                      "Resource": "*"}]}  # fmt: skip
    settings = {
        "AllocatedStorage": "100",
        "AutoMinorVersionUpgrade": True,
        "BackupRetentionPeriod": 35,
        "CopyTagsToSnapshot": True,
        "DBInstanceClass": "db.m7g.large",
        "DBInstanceIdentifier": name,
        "DBName": "clinic",
        "DeleteAutomatedBackups": False,
        "EnableCloudwatchLogsExports": ["postgresql", "upgrade"],
        "Engine": "postgres",
        "EngineVersion": "17.6",
        "KmsKeyId": key,
        "MasterUserPassword": "first-Passw0rd",
        "MasterUsername": "clinic",
        "MaxAllocatedStorage": 1000,
        "PubliclyAccessible": False,
        "StorageEncrypted": True,
        "StorageType": "gp3",
    }
    role = {"AssumeRolePolicyDocument": trust(MONITORING), "RoleName": name}
    return {
        "Role": {"Type": "AWS::IAM::Role", "Properties": role},
        "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
        "Instance": {"Type": "AWS::RDS::DBInstance", "Properties": settings | properties},
    }


def test_a_template_for_production_is_deployed_and_changed(rds: Any, stack: Stack, name: str) -> None:
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    extras = {
        "EnableIAMDatabaseAuthentication": True,
        "EnablePerformanceInsights": True,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "MultiAZ": True,
        "PerformanceInsightsKMSKeyId": key,
        "PerformanceInsightsRetentionPeriod": 7,
    }
    outputs = {"Key": key, "Role": extras["MonitoringRoleArn"], "Id": {"Fn::GetAtt": ["Instance", "DbiResourceId"]}}
    made = stack.deploy(template(name, **extras), outputs)
    found = describe(rds, name)
    expected = {
        "DBInstanceClass": "db.m7g.large",
        "BackupRetentionPeriod": 35,
        "DbiResourceId": made["Id"],
        "EnabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "IAMDatabaseAuthenticationEnabled": True,
        "KmsKeyId": made["Key"],
        "MaxAllocatedStorage": 1000,
        "MonitoringInterval": 60,
        "MonitoringRoleArn": made["Role"],
        "MultiAZ": True,
        "PerformanceInsightsEnabled": True,
        "PerformanceInsightsKMSKeyId": made["Key"],
        "PerformanceInsightsRetentionPeriod": 7,
    }
    assert {member: found[member] for member in expected} == expected
    assert found["SecondaryAvailabilityZone"] != found["AvailabilityZone"]
    assert sql(found, "SELECT current_user", password="first-Passw0rd") == "clinic"
    stack.deploy(template(name), outputs)
    found = describe(rds, name)
    off = {"IAMDatabaseAuthenticationEnabled": False, "MonitoringInterval": 0, "MultiAZ": False,
           "PerformanceInsightsEnabled": False}  # fmt: skip
    assert {member: found[member] for member in off} == off
    gone = {"MonitoringRoleArn", "PerformanceInsightsKMSKeyId", "SecondaryAvailabilityZone"}
    assert not gone & found.keys()


def test_a_failover_changes_the_zones(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    sql(instance, "CREATE TABLE kept AS SELECT 42 AS x", "SELECT 1")
    started = sql(instance, "SELECT pg_postmaster_start_time()")
    zones = instance["AvailabilityZone"], instance["SecondaryAvailabilityZone"]
    rds.reboot_db_instance(DBInstanceIdentifier=name, ForceFailover=True)
    found = wait_for(rds, name, "available")
    assert (found["SecondaryAvailabilityZone"], found["AvailabilityZone"]) == zones
    assert sql(found, "SELECT x FROM kept") == 42
    assert sql(found, "SELECT pg_postmaster_start_time()") > started
    events = rds.describe_events(SourceIdentifier=name, SourceType="db-instance")["Events"]
    assert "Multi-AZ instance failover completed" in [event["Message"] for event in events]
    rds.modify_db_instance(DBInstanceIdentifier=name, MultiAZ=False, ApplyImmediately=True)
    assert "SecondaryAvailabilityZone" not in describe(rds, name)
    refused(
        rds.reboot_db_instance, "InvalidParameterCombination", "not configured for MultiAZ",
        DBInstanceIdentifier=name, ForceFailover=True,
    )  # fmt: skip


def test_monitoring_needs_a_role_and_insights_a_key(rds: Any, instance: dict[str, Any]) -> None:
    name, iam = instance["DBInstanceIdentifier"], client("iam")
    for service in ("ec2.amazonaws.com", MONITORING):
        document = json.dumps(trust(service))
        iam.create_role(RoleName=f"{name}-{service}", AssumeRolePolicyDocument=document)
    other, role = (f"arn:aws:iam::000000000000:role/{name}-{service}" for service in ("ec2.amazonaws.com", MONITORING))
    change = partial(refused, rds.modify_db_instance)
    for code, message, members in (
        ("InvalidParameterCombination", "MonitoringRoleARN value is required", {"MonitoringInterval": 60}),
        ("InvalidParameterValue", "monitoring interval: 7", {"MonitoringInterval": 7, "MonitoringRoleArn": role}),
        ("InvalidParameterValue", "ENHANCED_MONITORING", {"MonitoringInterval": 60, "MonitoringRoleArn": role + "x"}),
        ("InvalidParameterValue", "ENHANCED_MONITORING", {"MonitoringInterval": 60, "MonitoringRoleArn": other}),
        ("InvalidParameterCombination", "need EnablePerformanceIn", {"PerformanceInsightsRetentionPeriod": 7}),
        ("InvalidParameterValue", "retention period: 8",
         {"EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": 8}),
        ("KMSKeyNotAccessibleFault", "nope",
         {"EnablePerformanceInsights": True, "PerformanceInsightsKMSKeyId": "nope"}),
    ):  # fmt: skip
        change(code, message, DBInstanceIdentifier=name, **members)
    found = describe(rds, name)
    assert (found["MonitoringInterval"], found["PerformanceInsightsEnabled"]) == (0, False)
    rds.modify_db_instance(DBInstanceIdentifier=name, MonitoringInterval=1, MonitoringRoleArn=role)
    assert describe(rds, name)["MonitoringRoleArn"] == role
