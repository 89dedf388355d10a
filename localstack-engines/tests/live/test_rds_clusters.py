"""RDS: DB clusters, whose writer and readers are PostgreSQL servers behind common endpoints."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from lab.errors import refused
from lab.localstack import client, in_container
from lab.rds import (
    PASSWORD,
    UNREACHABLE,
    add_member,
    cluster,
    create_cluster,
    delete,
    delete_cluster,
    describe,
    public_dns,
    sql,
    sql_at,
    wait_for,
    wait_for_cluster,
)
from lab.waiting import until


@pytest.fixture(autouse=True)
def names(monkeypatch: pytest.MonkeyPatch) -> None:
    public_dns(monkeypatch)


@pytest.fixture(scope="module")
def pair(rds: Any) -> Iterator[str]:
    """A cluster with a writer and a reader, which the tests of this module share."""
    name = f"c-{uuid.uuid4().hex[:8]}"
    create_cluster(rds, name, ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2})
    # A reader may be asked for before its writer is available.
    for number in (1, 2):
        add_member(rds, name, f"{name}-{number}", DBInstanceClass="db.serverless", PromotionTier=number)
    for number in (1, 2):
        wait_for(rds, f"{name}-{number}", "available")
    yield name
    delete_cluster(rds, name)


def writer(rds: Any, name: str) -> str:
    return next(one["DBInstanceIdentifier"] for one in cluster(rds, name)["DBClusterMembers"] if one["IsClusterWriter"])


def is_reader(found: dict[str, Any], address: str) -> Any:
    return sql_at(found, address, "SELECT pg_is_in_recovery()")


def test_a_cluster_has_a_writer_and_a_reader_endpoint(rds: Any, pair: str) -> None:
    found = cluster(rds, pair)
    assert (found["Status"], found["Engine"], found["EngineVersion"]) == ("available", "aurora-postgresql", "16.13")
    members = {one["DBInstanceIdentifier"]: one for one in found["DBClusterMembers"]}
    assert {name: one["IsClusterWriter"] for name, one in members.items()} == {f"{pair}-1": True, f"{pair}-2": False}
    assert found["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 0.5, "MaxCapacity": 2.0}
    sql_at(found, found["Endpoint"], "CREATE TABLE n AS SELECT 42 AS x", "SELECT 1")
    assert is_reader(found, found["Endpoint"]) is False
    assert is_reader(found, found["ReaderEndpoint"]) is True
    seen = partial(sql_at, found, found["ReaderEndpoint"], "SELECT x FROM n")
    assert until("the row", seen, despite=UNREACHABLE) == 42
    # Without TLS no name reaches the server: the connection is the writer's.
    assert sql_at(found, found["ReaderEndpoint"], "SELECT pg_is_in_recovery()", ssl="disable") is False
    # libpq, with the address that LocalStack's DNS server answers.
    target = f"host={found['ReaderEndpoint']} port={found['Port']} user=postgres dbname=clinic sslmode=require"
    query = ("psql", "-tAc", "SELECT pg_is_in_recovery()")
    assert in_container("env", f"PGPASSWORD={PASSWORD}", *query, target).strip() == "t"
    one = describe(rds, f"{pair}-2")
    assert (one["DBClusterIdentifier"], one["PromotionTier"], one["DBInstanceClass"]) == (pair, 2, "db.serverless")
    assert sql(one | {"DBName": "clinic"}, "SELECT pg_is_in_recovery()") is True


def test_a_failover_loses_no_commit_and_moves_the_endpoints(rds: Any, pair: str) -> None:
    found, before = cluster(rds, pair), writer(rds, pair)
    sql_at(found, found["Endpoint"], "CREATE TABLE IF NOT EXISTS f (x int)", "SELECT 1")
    for round_ in (1, 2):
        sql_at(found, found["Endpoint"], f"INSERT INTO f SELECT generate_series(1, 1000 * {round_})", "SELECT 1")
        rds.failover_db_cluster(DBClusterIdentifier=pair)
        wait_for_cluster(rds, pair, "available")
        after = writer(rds, pair)
        assert after != before
        assert sql_at(found, found["Endpoint"], "SELECT count(*) FROM f") == 1000 * sum(range(round_ + 1))
        assert (is_reader(found, found["Endpoint"]), is_reader(found, found["ReaderEndpoint"])) == (False, True)
        # The former writer follows the new one.
        sql_at(found, found["Endpoint"], f"CREATE TABLE after_{round_} AS SELECT 1 AS x", "SELECT 1")
        seen = partial(sql_at, found, found["ReaderEndpoint"], f"SELECT x FROM after_{round_}")
        until("the row", seen, despite=UNREACHABLE)
        before = after
    messages = [one["Message"] for one in rds.describe_events(SourceType="db-cluster", SourceIdentifier=pair)["Events"]]
    assert f"Completed failover to DB instance: {before}" in messages


def test_custom_endpoints(rds: Any, pair: str) -> None:
    name = f"{pair}-e"
    member = writer(rds, pair)
    made = rds.create_db_cluster_endpoint(
        DBClusterIdentifier=pair, DBClusterEndpointIdentifier=name, EndpointType="ANY", StaticMembers=[member]
    )
    found = cluster(rds, pair)
    assert found["CustomEndpoints"] == [made["Endpoint"]]
    assert is_reader(found, made["Endpoint"]) is False
    rds.modify_db_cluster_endpoint(DBClusterEndpointIdentifier=name, ExcludedMembers=[member])
    assert is_reader(found, made["Endpoint"]) is True
    listed = rds.describe_db_cluster_endpoints(DBClusterIdentifier=pair)["DBClusterEndpoints"]
    assert [one["EndpointType"] for one in listed] == ["WRITER", "READER", "CUSTOM"]
    refused(
        rds.modify_db_cluster_endpoint, "DBInstanceNotFound", "nobody",
        DBClusterEndpointIdentifier=name, StaticMembers=["nobody"],
    )  # fmt: skip
    rds.delete_db_cluster_endpoint(DBClusterEndpointIdentifier=name)
    assert len(rds.describe_db_cluster_endpoints(DBClusterIdentifier=pair)["DBClusterEndpoints"]) == 2


def test_cluster_parameters_reach_all_members(rds: Any, pair: str) -> None:
    group, found = f"{pair}-g", cluster(rds, pair)
    family = {"DBParameterGroupFamily": "aurora-postgresql16", "Description": "x"}
    rds.create_db_cluster_parameter_group(DBClusterParameterGroupName=group, **family)
    change = {"ParameterName": "work_mem", "ParameterValue": "2048", "ApplyMethod": "immediate"}
    rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=group, Parameters=[change])
    rds.modify_db_cluster(DBClusterIdentifier=pair, DBClusterParameterGroupName=group, ApplyImmediately=True)
    for address in (found["Endpoint"], found["ReaderEndpoint"]):
        until("the value", lambda at=address: sql_at(found, at, "SHOW work_mem") == "2MB")  # type: ignore[misc]
    refused(
        rds.delete_db_cluster_parameter_group, "InvalidDBParameterGroupState", pair, DBClusterParameterGroupName=group
    )
    rds.reset_db_cluster_parameter_group(DBClusterParameterGroupName=group, ResetAllParameters=True)
    until("the default", lambda: sql_at(found, found["Endpoint"], "SHOW work_mem") == "4MB")
    default = "default.aurora-postgresql16"
    rds.modify_db_cluster(DBClusterIdentifier=pair, DBClusterParameterGroupName=default, ApplyImmediately=True)
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=group)
    refused(
        rds.modify_db_cluster, "InvalidParameterCombination", "aurora-postgresql17",
        DBClusterIdentifier=pair, DBClusterParameterGroupName="default.aurora-postgresql17",
    )  # fmt: skip


def test_stop_and_start(rds: Any, pair: str) -> None:
    found = cluster(rds, pair)
    refused(rds.stop_db_instance, "InvalidDBInstanceState", "StopDBCluster", DBInstanceIdentifier=f"{pair}-1")
    assert rds.stop_db_cluster(DBClusterIdentifier=pair)["DBCluster"]["Status"] == "stopping"
    wait_for_cluster(rds, pair, "stopped")
    assert {describe(rds, f"{pair}-{number}")["DBInstanceStatus"] for number in (1, 2)} == {"stopped"}
    with pytest.raises(UNREACHABLE):
        sql_at(found, found["Endpoint"], "SELECT 1")
    rds.start_db_cluster(DBClusterIdentifier=pair)
    wait_for_cluster(rds, pair, "available")
    assert (is_reader(found, found["Endpoint"]), is_reader(found, found["ReaderEndpoint"])) == (False, True)


def test_a_cluster_that_never_had_an_instance_has_snapshots(rds: Any, name: str) -> None:
    create_cluster(rds, name)
    rds.delete_db_cluster(DBClusterIdentifier=name, FinalDBSnapshotIdentifier=f"{name}-s")
    copy = {"SourceDBClusterSnapshotIdentifier": f"{name}-s", "TargetDBClusterSnapshotIdentifier": f"{name}-c"}
    rds.copy_db_cluster_snapshot(**copy)
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=name, SnapshotIdentifier=f"{name}-c", Engine="aurora-postgresql"
    )
    found = wait_for_cluster(rds, name, "available")
    add_member(rds, name, f"{name}-1")
    try:
        wait_for(rds, f"{name}-1", "available")
        # It is as new as its source: the first instance makes the master user and the database.
        assert sql_at(found, found["Endpoint"], "SELECT current_user || '@' || current_database()") == "postgres@clinic"
    finally:
        delete_cluster(rds, name)
        for snapshot in ("s", "c"):
            rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=f"{name}-{snapshot}")


def test_two_requests_make_one_cluster(rds: Any, name: str) -> None:
    request = {"DBClusterIdentifier": name, "Engine": "aurora-postgresql", "MasterUsername": "postgres"}

    def make(_: int) -> str:
        try:
            return str(
                rds.create_db_cluster(**request, MasterUserPassword=PASSWORD)["DBCluster"]["DbClusterResourceId"]
            )
        except rds.exceptions.DBClusterAlreadyExistsFault:
            return ""

    with ThreadPoolExecutor(8) as pool:
        made = [one for one in pool.map(make, range(8)) if one]
    try:
        assert made == [wait_for_cluster(rds, name, "available")["DbClusterResourceId"]]
    finally:
        delete_cluster(rds, name)


def test_the_data_outlives_the_instances_and_is_restored(rds: Any, name: str) -> None:
    create_cluster(rds, name)
    snapshot = {"DBClusterSnapshotIdentifier": f"{name}-s", "DBClusterIdentifier": name}
    add_member(rds, name, f"{name}-1")
    add_member(rds, name, f"{name}-2")
    wait_for(rds, f"{name}-1", "available")
    wait_for(rds, f"{name}-2", "available")
    found = cluster(rds, name)
    sql_at(found, found["Endpoint"], "CREATE TABLE kept AS SELECT 'precious' AS x", "SELECT 1")
    refused(rds.delete_db_cluster, "InvalidDBClusterStateFault", "still contains", DBClusterIdentifier=name,
            SkipFinalSnapshot=True)  # fmt: skip
    # The reader takes the place of the writer that goes, and the cluster keeps the data of the last instance.
    delete(rds, f"{name}-1")
    assert writer(rds, name) == f"{name}-2"
    assert sql_at(found, found["Endpoint"], "SELECT x FROM kept") == "precious"
    rds.modify_db_cluster(DBClusterIdentifier=name, MasterUserPassword="second-Passw0rd", ApplyImmediately=True)
    rds.create_db_cluster_snapshot(**snapshot)
    delete(rds, f"{name}-2")
    add_member(rds, name, f"{name}-3")
    wait_for(rds, f"{name}-3", "available")
    assert sql_at(found, found["Endpoint"], "SELECT x FROM kept", password="second-Passw0rd") == "precious"
    copy = {"SourceDBClusterSnapshotIdentifier": f"{name}-s", "TargetDBClusterSnapshotIdentifier": f"{name}-t"}
    rds.copy_db_cluster_snapshot(**copy)
    rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=f"{name}-r", SnapshotIdentifier=f"{name}-t", Engine="aurora-postgresql"
    )
    wait_for_cluster(rds, f"{name}-r", "available")
    add_member(rds, f"{name}-r", f"{name}-r1")
    wait_for(rds, f"{name}-r1", "available")
    restored = cluster(rds, f"{name}-r")
    assert sql_at(restored, restored["Endpoint"], "SELECT x FROM kept", password="second-Passw0rd") == "precious"
    rds.modify_db_cluster(DBClusterIdentifier=f"{name}-r", ManageMasterUserPassword=True, ApplyImmediately=True)
    arn = cluster(rds, f"{name}-r")["MasterUserSecret"]["SecretArn"]
    secret = json.loads(client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
    assert sql_at(restored, restored["Endpoint"], "SELECT 1", password=secret["password"]) == 1
    rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier=f"{name}-p", SourceDBClusterIdentifier=name, UseLatestRestorableTime=True
    )
    wait_for_cluster(rds, f"{name}-p", "available")
    for one in (name, f"{name}-r", f"{name}-p"):
        delete_cluster(rds, one)
    for one in (f"{name}-s", f"{name}-t"):
        rds.delete_db_cluster_snapshot(DBClusterSnapshotIdentifier=one)


@pytest.mark.parametrize(
    ("change", "code", "message"),
    [
        ({"Engine": "aurora-mysql"}, "InvalidParameterValue", "Invalid DB engine: aurora-mysql"),
        ({"Engine": "postgres"}, "InvalidParameterValue", "Multi-AZ DB clusters"),
        ({"EngineVersion": "16.99"}, "InvalidParameterCombination", "Cannot find version 16.99"),
        ({"EnableHttpEndpoint": True}, "InvalidParameterValue", "EnableHttpEndpoint"),
        ({"BacktrackWindow": 60}, "InvalidParameterValue", "BacktrackWindow"),
        ({"DBClusterParameterGroupName": "nope"}, "DBClusterParameterGroupNotFound", "nope"),
        ({"BackupRetentionPeriod": 0}, "InvalidParameterValue", "retention"),
        ({"ServerlessV2ScalingConfiguration": {"MinCapacity": 4, "MaxCapacity": 2}}, "InvalidParameterCombination",
         "capacity"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue", "shorter"),
    ],
)  # fmt: skip
def test_clusters_that_are_refused(rds: Any, name: str, change: dict[str, Any], code: str, message: str) -> None:
    refused(partial(create_cluster, rds, name), code, message, **change)
    refused(rds.describe_db_clusters, "DBClusterNotFoundFault", name, DBClusterIdentifier=name)


def test_what_a_member_cannot_do_by_itself(rds: Any, pair: str) -> None:
    member = {"DBInstanceIdentifier": f"{pair}-1"}
    refused(rds.create_db_snapshot, "InvalidDBInstanceState", "CreateDBClusterSnapshot", **member,
            DBSnapshotIdentifier=f"{pair}-s")  # fmt: skip
    refused(rds.modify_db_instance, "InvalidParameterCombination", "AllocatedStorage", **member, AllocatedStorage=50)
    refused(partial(add_member, rds, pair, f"{pair}-x"), "InvalidParameterCombination", "MasterUsername",
            MasterUsername="other")  # fmt: skip
    refused(partial(add_member, rds, pair, f"{pair}-x"), "InvalidParameterCombination", "does not match",
            Engine="postgres")  # fmt: skip
    refused(rds.failover_db_cluster, "InvalidDBClusterStateFault", "no reader", DBClusterIdentifier=pair,
            TargetDBInstanceIdentifier=writer(rds, pair))  # fmt: skip
