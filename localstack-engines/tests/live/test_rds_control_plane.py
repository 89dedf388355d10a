"""RDS: events, snapshots, groups, tags and what else of the API tells what is so."""

import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import asyncpg
import pytest

from lab.errors import refused
from lab.localstack import client
from lab.rds import create, delete, describe, sql, wait_for
from lab.waiting import until


@pytest.fixture(scope="module")
def instance(rds: Any) -> Iterator[dict[str, Any]]:
    """An instance that the tests of this module share. They leave it as it was."""
    name = f"db-{uuid.uuid4().hex[:8]}"
    yield create(rds, name, BackupRetentionPeriod=1)
    delete(rds, name)


def test_events_reach_the_topics_of_their_subscriptions(rds: Any, name: str, cleanup: Callable[..., None]) -> None:
    sns, sqs = client("sns"), client("sqs")
    topic, queue = sns.create_topic(Name=name)["TopicArn"], sqs.create_queue(QueueName=name)["QueueUrl"]
    cleanup(sns.delete_topic, TopicArn=topic)
    cleanup(sqs.delete_queue, QueueUrl=queue)
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
    wanted = {"SubscriptionName": name, "SnsTopicArn": topic, "SourceType": "db-instance"}
    refused(rds.create_event_subscription, "SNSTopicArnNotFound", "", **{**wanted, "SnsTopicArn": f"{topic}x"})
    refused(rds.create_event_subscription, "SourceNotFound", "nope", **wanted, SourceIds=["nope"])
    refused(rds.create_event_subscription, "SubscriptionCategoryNotFound", "x", **wanted, EventCategories=["x"])
    rds.create_event_subscription(**wanted, EventCategories=["creation", "deletion"])
    refused(rds.create_event_subscription, "SubscriptionAlreadyExist", name, **wanted)
    create(rds, name)
    rds.add_source_identifier_to_subscription(SubscriptionName=name, SourceIdentifier=name)
    [found] = rds.describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"]
    assert (found["SourceIdsList"], found["Enabled"]) == ([name], True)
    delete(rds, name)
    seen: list[str] = []

    def both() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(json.loads(message["Body"])["Message"])
            if event["Source ID"] == name:
                seen.append(event["Event Message"])
        return len(seen) >= 2

    until("the events", both)
    assert sorted(seen) == ["DB instance created", "DB instance deleted"]
    events = rds.describe_events(SourceType="db-instance", SourceIdentifier=name)["Events"]
    assert [event["Message"] for event in events] == ["DB instance created", "DB instance deleted"]
    rds.remove_source_identifier_from_subscription(SubscriptionName=name, SourceIdentifier=name)
    rds.modify_event_subscription(SubscriptionName=name, Enabled=False)
    rds.delete_event_subscription(SubscriptionName=name)
    refused(rds.describe_event_subscriptions, "SubscriptionNotFound", name, SubscriptionName=name)
    [categories] = rds.describe_event_categories(SourceType="db-snapshot")["EventCategoriesMapList"]
    assert "creation" in categories["EventCategories"]


def test_an_instance_is_restored_to_its_latest_restorable_time(rds: Any, instance: dict[str, Any], name: str) -> None:
    source = instance["DBInstanceIdentifier"]
    sql(instance, "CREATE TABLE kept AS SELECT 'precious' AS x", "SELECT 1")
    [backup] = rds.describe_db_instance_automated_backups(DBInstanceIdentifier=source)["DBInstanceAutomatedBackups"]
    assert (backup["Status"], backup["DbiResourceId"]) == ("active", instance["DbiResourceId"])
    target = {"SourceDBInstanceIdentifier": source, "TargetDBInstanceIdentifier": name}
    refused(
        rds.restore_db_instance_to_point_in_time, "InvalidParameterCombination", "RestoreTime is not supported",
        **target, RestoreTime="2026-01-01T00:00:00Z",
    )  # fmt: skip
    rds.restore_db_instance_to_point_in_time(**target, UseLatestRestorableTime=True)
    restored = wait_for(rds, name, "available")
    assert sql(restored, "SELECT x FROM kept", database="clinic") == "precious"
    delete(rds, name)
    rds.modify_db_instance(DBInstanceIdentifier=source, BackupRetentionPeriod=0, ApplyImmediately=True)
    refused(
        rds.restore_db_instance_to_point_in_time, "PointInTimeRestoreNotEnabled", source,
        **target, UseLatestRestorableTime=True,
    )  # fmt: skip


def test_a_read_replica_has_what_its_source_writes(rds: Any, name: str) -> None:
    replica = f"{name}-replica"
    source = create(rds, name, BackupRetentionPeriod=0)
    wanted = {"DBInstanceIdentifier": replica, "SourceDBInstanceIdentifier": name}
    refused(rds.create_db_instance_read_replica, "InvalidDBInstanceState", "backups are not enabled", **wanted)
    rds.modify_db_instance(DBInstanceIdentifier=name, BackupRetentionPeriod=1, ApplyImmediately=True)
    sql(source, "CREATE TABLE t AS SELECT 1 AS x", "SELECT 1")
    rds.create_db_instance_read_replica(**wanted)
    found = wait_for(rds, replica, "available")
    assert found["ReadReplicaSourceDBInstanceIdentifier"] == name
    assert found["StatusInfos"][0]["Status"] == "replicating"
    assert describe(rds, name)["ReadReplicaDBInstanceIdentifiers"] == [replica]
    sql(source, "INSERT INTO t VALUES (2)", "SELECT 1")
    until("the row", lambda: sql(found, "SELECT count(*) FROM t", database="clinic") == 2)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        sql(found, "INSERT INTO t VALUES (3)", database="clinic")
    refused(rds.stop_db_instance, "InvalidDBInstanceState", "read replica", DBInstanceIdentifier=name)
    refused(rds.promote_read_replica, "InvalidDBInstanceState", "not a read replica", DBInstanceIdentifier=name)
    rds.promote_read_replica(DBInstanceIdentifier=replica)
    promoted = wait_for(rds, replica, "available")
    assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
    sql(promoted, "INSERT INTO t VALUES (3)", "SELECT 1", database="clinic")
    assert sql(source, "SELECT count(*) FROM pg_stat_replication") == 0
    delete(rds, replica)
    # The replicas of an instance that is deleted are instances of their own.
    rds.create_db_instance_read_replica(**wanted)
    wait_for(rds, replica, "available")
    delete(rds, name)
    orphan = wait_for(rds, replica, "available")
    sql(orphan, "INSERT INTO t VALUES (4)", "SELECT 1", database="clinic")
    delete(rds, replica)


def test_snapshots_are_described_modified_and_shared(rds: Any, instance: dict[str, Any], name: str) -> None:
    source = instance["DBInstanceIdentifier"]
    taken = rds.create_db_snapshot(
        DBInstanceIdentifier=source, DBSnapshotIdentifier=name, Tags=[{"Key": "a", "Value": "b"}]
    )
    assert taken["DBSnapshot"]["PercentProgress"] == 100
    [found] = rds.describe_db_snapshots(DbiResourceId=instance["DbiResourceId"])["DBSnapshots"]
    assert (found["DBSnapshotIdentifier"], found["SnapshotType"], found["Status"]) == (name, "manual", "available")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier=name, AttributeName="restore", ValuesToAdd=["111111111111"])
    shared = rds.describe_db_snapshot_attributes(DBSnapshotIdentifier=name)["DBSnapshotAttributesResult"]
    assert shared["DBSnapshotAttributes"] == [{"AttributeName": "restore", "AttributeValues": ["111111111111"]}]
    other = client("rds", account="111111111111")
    copy = f"{name}-copy"
    other.copy_db_snapshot(SourceDBSnapshotIdentifier=found["DBSnapshotArn"], TargetDBSnapshotIdentifier=copy)
    assert other.describe_db_snapshots()["DBSnapshots"][0]["DBSnapshotIdentifier"] == copy
    stranger = client("rds", account="222222222222")
    refused(
        stranger.copy_db_snapshot, "DBSnapshotNotFound", name,
        SourceDBSnapshotIdentifier=found["DBSnapshotArn"], TargetDBSnapshotIdentifier=copy,
    )  # fmt: skip
    key = client("kms").create_key()["KeyMetadata"]
    rds.copy_db_snapshot(SourceDBSnapshotIdentifier=name, TargetDBSnapshotIdentifier=copy, KmsKeyId=key["KeyId"])
    [copied] = rds.describe_db_snapshots(DBSnapshotIdentifier=copy)["DBSnapshots"]
    assert (copied["Encrypted"], copied["KmsKeyId"]) == (True, key["Arn"])
    assert rds.modify_db_snapshot(DBSnapshotIdentifier=name, EngineVersion="17")["DBSnapshot"]["EngineVersion"]
    for api, snapshot in ((rds, name), (rds, copy), (other, copy)):
        api.delete_db_snapshot(DBSnapshotIdentifier=snapshot)
    refused(rds.describe_db_snapshots, "DBSnapshotNotFound", name, DBSnapshotIdentifier=name)


def test_option_groups_are_empty(rds: Any, instance: dict[str, Any], name: str) -> None:
    [default] = rds.describe_option_groups(OptionGroupName="default:postgres-17")["OptionGroupsList"]
    assert instance["OptionGroupMemberships"][0]["OptionGroupName"] == default["OptionGroupName"]
    group = {"EngineName": "postgres", "MajorEngineVersion": "17", "OptionGroupDescription": "x"}
    made = rds.create_option_group(OptionGroupName=name, Tags=[{"Key": "a", "Value": "b"}], **group)["OptionGroup"]
    assert rds.list_tags_for_resource(ResourceName=made["OptionGroupArn"])["TagList"] == [{"Key": "a", "Value": "b"}]
    refused(rds.create_option_group, "OptionGroupAlreadyExistsFault", name, OptionGroupName=name, **group)
    assert rds.describe_option_group_options(EngineName="postgres")["OptionGroupOptions"] == []
    refused(
        rds.modify_option_group, "InvalidParameterCombination", "has no options",
        OptionGroupName=name, OptionsToInclude=[{"OptionName": "MEMCACHED"}],
    )  # fmt: skip
    copy = {"TargetOptionGroupIdentifier": f"{name}-copy", "TargetOptionGroupDescription": "y"}
    rds.copy_option_group(SourceOptionGroupIdentifier=name, **copy)
    for gone in (name, f"{name}-copy"):
        rds.delete_option_group(OptionGroupName=gone)
    refused(rds.describe_option_groups, "OptionGroupNotFoundFault", name, OptionGroupName=name)


def test_parameter_groups_are_copied(rds: Any, name: str) -> None:
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily="postgres17", Description="x")
    change = {"ParameterName": "work_mem", "ParameterValue": "2048", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName=name, Parameters=[change])
    copy = {"TargetDBParameterGroupIdentifier": f"{name}-copy", "TargetDBParameterGroupDescription": "y"}
    rds.copy_db_parameter_group(SourceDBParameterGroupIdentifier=name, **copy)
    [own] = rds.describe_db_parameters(DBParameterGroupName=f"{name}-copy", Source="user")["Parameters"]
    assert (own["ParameterName"], own["ParameterValue"]) == ("work_mem", "2048")
    events = rds.describe_events(SourceType="db-parameter-group", SourceIdentifier=name)["Events"]
    assert events[0]["Message"] == "Updated parameter work_mem to 2048 with apply method immediate"
    for group in (name, f"{name}-copy"):
        rds.delete_db_parameter_group(DBParameterGroupName=group)


def test_tags_belong_to_resources_that_exist(rds: Any, instance: dict[str, Any]) -> None:
    arn = instance["DBInstanceArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "a", "Value": "b"}])
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "a", "Value": "b"}]
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == []
    refused(rds.list_tags_for_resource, "DBInstanceNotFound", "nope", ResourceName=arn.rsplit(":", 1)[0] + ":nope")
    refused(rds.list_tags_for_resource, "InvalidParameterValue", "", ResourceName="nope")


def test_descriptions_of_the_account_and_the_engine(rds: Any, instance: dict[str, Any]) -> None:
    name = instance["DBInstanceIdentifier"]
    found = describe(rds, name)
    assert (found["MonitoringInterval"], found["PerformanceInsightsEnabled"]) == (0, False)
    assert found["CertificateDetails"]["CAIdentifier"] == found["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert found["EngineLifecycleSupport"] == "open-source-rds-extended-support"
    [certificate] = rds.describe_certificates()["Certificates"]
    assert certificate["ValidTill"] == found["CertificateDetails"]["ValidTill"]
    quotas = {quota["AccountQuotaName"]: quota for quota in rds.describe_account_attributes()["AccountQuotas"]}
    assert quotas["DBInstances"]["Used"] >= 1
    majors = rds.describe_db_major_engine_versions(Engine="postgres")["DBMajorEngineVersions"]
    assert [major["MajorEngineVersion"] for major in majors] == [str(number) for number in range(11, 18)]
    valid = rds.describe_valid_db_instance_modifications(DBInstanceIdentifier=name)
    storage = valid["ValidDBInstanceModificationsMessage"]["Storage"]
    assert {"gp2", "gp3", "io1"} <= {one["StorageType"] for one in storage}
    assert rds.describe_pending_maintenance_actions()["PendingMaintenanceActions"] == []
    refused(
        rds.apply_pending_maintenance_action, "InvalidParameterValue", "No pending",
        ResourceIdentifier=found["DBInstanceArn"], ApplyAction="system-update", OptInType="immediate",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("operation", "items", "member", "code"),
    [
        ("describe_db_proxies", "DBProxies", "DBProxyName", "DBProxyNotFoundFault"),
        ("describe_export_tasks", "ExportTasks", "ExportTaskIdentifier", "ExportTaskNotFound"),
        ("describe_global_clusters", "GlobalClusters", "GlobalClusterIdentifier", "GlobalClusterNotFoundFault"),
        ("describe_db_security_groups", "DBSecurityGroups", "DBSecurityGroupName", "DBSecurityGroupNotFound"),
        ("describe_reserved_db_instances", "ReservedDBInstances", "ReservedDBInstanceId", "ReservedDBInstanceNotFound"),
    ],
)
def test_there_are_none_of_what_cannot_be_made(rds: Any, operation: str, items: str, member: str, code: str) -> None:
    call = getattr(rds, operation)
    assert call()[items] == []
    refused(call, code, "nope", **{member: "nope"})
