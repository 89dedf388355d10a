"""RDS: versions of other majors run on the installed PostgreSQL, and are described as asked."""

from functools import partial
from typing import Any

from lab.errors import refused
from lab.rds import create, delete, describe, sql, wait_for


def test_an_older_major_is_described_as_asked_and_an_event_says_what_runs(rds: Any, name: str) -> None:
    group = f"group-{name}"
    rds.create_db_parameter_group(DBParameterGroupName=group, DBParameterGroupFamily="postgres12", Description="x")
    changes = [
        {"ParameterName": "work_mem", "ParameterValue": "2048", "ApplyMethod": "immediate"},
        # PostgreSQL 13 replaced this one, and 14 dropped the next one.
        {"ParameterName": "wal_keep_segments", "ParameterValue": "3", "ApplyMethod": "immediate"},
        {"ParameterName": "vacuum_cleanup_index_scale_factor", "ParameterValue": "0.2", "ApplyMethod": "immediate"},
    ]
    rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=changes)
    refused(
        partial(create, rds, name), "InvalidParameterCombination", "DBParameterGroupFamily postgres14",
        EngineVersion="14.9", DBParameterGroupName=group,
    )  # fmt: skip
    found = create(rds, name, EngineVersion="12.15", DBParameterGroupName=group)
    try:
        assert (found["EngineVersion"], found["DBParameterGroups"][0]["DBParameterGroupName"]) == ("12.15", group)
        assert (sql(found, "SHOW work_mem"), sql(found, "SHOW wal_keep_size")) == ("2MB", "48MB")
        events = rds.describe_events(SourceType="db-instance", SourceIdentifier=name)["Events"]
        [note] = [event["Message"] for event in events if event["EventCategories"] == ["notification"]]
        assert note.startswith("postgres 12.15 runs on PostgreSQL 17.")
        change = {"DBInstanceIdentifier": name, "ApplyImmediately": True}
        upgrade = partial(rds.modify_db_instance, **change, EngineVersion="15")
        refused(upgrade, "InvalidParameterCombination", "AllowMajorVersionUpgrade")
        refused(upgrade, "InvalidParameterCombination", "custom", AllowMajorVersionUpgrade=True)
        upgrade(AllowMajorVersionUpgrade=True, DBParameterGroupName="default.postgres15")
        found = wait_for(rds, name, "available")
        assert found["EngineVersion"] == "15.17"
        assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres15"
        refused(upgrade, "InvalidParameterCombination", "Cannot upgrade postgres from 15.17 to 14.9",
                EngineVersion="14.9", AllowMajorVersionUpgrade=True)  # fmt: skip
        # An upgrade without a custom group takes the default one, and waits for the window when nothing else is said.
        later = {"EngineVersion": "16.3", "AllowMajorVersionUpgrade": True}
        rds.modify_db_instance(DBInstanceIdentifier=name, **later)
        assert describe(rds, name)["PendingModifiedValues"] == {"EngineVersion": "16.3"}
        rds.modify_db_instance(**change)
        found = describe(rds, name)
        assert found["EngineVersion"] == "16.3"
        assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres16"
    finally:
        delete(rds, name)
    rds.delete_db_parameter_group(DBParameterGroupName=group)


def test_versions_are_listed_with_their_families(rds: Any) -> None:
    def listed(**query: Any) -> list[dict[str, Any]]:
        pages = rds.get_paginator("describe_db_engine_versions").paginate(**query)
        return [version for page in pages for version in page["DBEngineVersions"]]

    aurora = listed(Engine="aurora-postgresql", EngineVersion="15")
    assert {version["DBParameterGroupFamily"] for version in aurora} == {"aurora-postgresql15"}
    assert "15.4" in [version["EngineVersion"] for version in aurora]
    [default] = listed(Engine="postgres", DefaultOnly=True)
    assert default["MajorEngineVersion"] == "17"
    [old] = listed(Engine="postgres", EngineVersion="13.4")
    assert "runs on PostgreSQL 17" in old["DBEngineVersionDescription"]
    targets = {one["EngineVersion"]: one["IsMajorVersionUpgrade"] for one in old["ValidUpgradeTarget"]}
    assert (targets["13.5"], targets["16.1"]) == (False, True)
    assert listed(Engine="mysql") == []


def test_a_changed_subnet_group_still_exists(rds: Any, name: str, aws: Any) -> None:
    ec2 = aws("ec2")
    vpc = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    ids = sorted(subnet["SubnetId"] for subnet in subnets)
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="x", SubnetIds=ids[:2])
    changed = rds.modify_db_subnet_group(DBSubnetGroupName=name, SubnetIds=ids[:3])["DBSubnetGroup"]
    assert len(changed["Subnets"]) == 3
    assert rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"] == [changed]
    rds.delete_db_subnet_group(DBSubnetGroupName=name)
