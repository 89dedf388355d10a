"""What the valid requests of RDS need."""

from collections.abc import Callable
from typing import Any

from conformance import resources
from conformance.services import rds_clusters
from conformance.services.rds_clusters import Clusters
from conformance.worlds import Json, World, unique
from lab.localstack import client
from lab.waiting import until


def world(implemented: set[str]) -> World:
    name, copy, group, subnets, snapshot = unique(), unique(), unique(), unique(), unique()
    replica, past, options, events = unique(), unique(), unique(), unique()
    sns = client("sns")
    topic = sns.create_topic(Name=events)["TopicArn"]
    api, vpc = client("rds"), resources.vpc("10.203.0.0/16")
    ec2, clusters = client("ec2"), Clusters(api)
    made = resources.two_subnets(vpc, "10.203")
    instance = {
        "DBInstanceIdentifier": name,
        "DBInstanceClass": "db.t4g.micro",
        "Engine": "postgres",
        "AllocatedStorage": 20,
        "MasterUsername": "postgres",
        "MasterUserPassword": "first-Passw0rd",
    }

    def when(status: str, request: Json) -> Callable[[World], Json]:
        def ready(world: World) -> Json:
            until(status, lambda: _status(api, name) == status)
            return request

        return ready

    def promoted(world: World) -> Json:
        until("the replica's promotion", lambda: _status(api, replica) == "available")
        return by_name

    def close(world: World) -> None:
        clusters.close()
        for identifier in (name, copy, replica, past):
            resources.quietly(api.delete_db_instance, DBInstanceIdentifier=identifier, SkipFinalSnapshot=True)
        until("instances to go", lambda: not {_status(api, one) for one in (name, copy, replica, past)} - {None})
        for one in (options, f"{options}-copy"):
            resources.quietly(api.delete_option_group, OptionGroupName=one)
        resources.quietly(api.delete_event_subscription, SubscriptionName=events)
        sns.delete_topic(TopicArn=topic)
        for identifier in (snapshot, f"{snapshot}-copy"):
            resources.quietly(api.delete_db_snapshot, DBSnapshotIdentifier=identifier)
        resources.quietly(api.delete_db_subnet_group, DBSubnetGroupName=subnets)
        for parameters in (group, f"{group}-copy"):
            resources.quietly(api.delete_db_parameter_group, DBParameterGroupName=parameters)
        for one in made:
            ec2.delete_subnet(SubnetId=one)
        resources.remove_vpc(vpc)

    by_name = {"DBInstanceIdentifier": name}
    parameter = {"ParameterName": "work_mem", "ParameterValue": "4096", "ApplyMethod": "immediate"}
    return World(
        implemented,
        known={
            "DBInstanceIdentifier": name,
            "DBParameterGroupName": group,
            "DBParameterGroupFamily": "postgres17",
            "DBSubnetGroupName": subnets,
            "DBSnapshotIdentifier": snapshot,
            "CertificateIdentifier": "rds-ca-rsa2048-g1",
            "EngineName": "postgres",
            "MajorEngineVersion": "17",
            "OptionGroupName": options,
            "SourceIdentifier": name,
            "SourceType": "db-instance",
            "SubscriptionName": events,
            "Engine": "postgres",
            "Filters": [],
            **clusters.known,
        },
        calls={
            "CreateDBSubnetGroup": {"DBSubnetGroupName": subnets, "DBSubnetGroupDescription": "d", "SubnetIds": made},
            "CreateDBParameterGroup": {
                "DBParameterGroupName": group,
                "DBParameterGroupFamily": "postgres17",
                "Description": "d",
            },
            "CreateDBInstance": instance,
            "ModifyDBParameterGroup": {"DBParameterGroupName": group, "Parameters": [parameter]},
            "ModifyDBSubnetGroup": {"DBSubnetGroupName": subnets, "SubnetIds": made},
            "ResetDBParameterGroup": {"DBParameterGroupName": group, "ResetAllParameters": True},
            "CopyDBParameterGroup": {
                "SourceDBParameterGroupIdentifier": group,
                "TargetDBParameterGroupIdentifier": f"{group}-copy",
                "TargetDBParameterGroupDescription": "d",
            },
            "CreateDBSnapshot": when("available", {**by_name, "DBSnapshotIdentifier": snapshot}),
            "CopyDBSnapshot": {
                "SourceDBSnapshotIdentifier": snapshot,
                "TargetDBSnapshotIdentifier": f"{snapshot}-copy",
            },
            "DescribeDBLogFiles": by_name,
            "DownloadDBLogFilePortion": lambda world: {
                **by_name,
                "LogFileName": api.describe_db_log_files(**by_name)["DescribeDBLogFiles"][0]["LogFileName"],
            },
            "ModifyDBInstance": when("available", {**by_name, "BackupRetentionPeriod": 1, "ApplyImmediately": True}),
            "RebootDBInstance": when("available", by_name),
            "AddTagsToResource": lambda world: {**_arn(api, name), "Tags": [{"Key": "a", "Value": "b"}]},
            "ListTagsForResource": lambda world: _arn(api, name),
            "RemoveTagsFromResource": lambda world: {**_arn(api, name), "TagKeys": ["a"]},
            "CreateOptionGroup": {
                "OptionGroupName": options,
                "EngineName": "postgres",
                "MajorEngineVersion": "17",
                "OptionGroupDescription": "d",
            },
            "CopyOptionGroup": {
                "SourceOptionGroupIdentifier": options,
                "TargetOptionGroupIdentifier": f"{options}-copy",
                "TargetOptionGroupDescription": "d",
            },
            "DescribeOptionGroupOptions": {"EngineName": "postgres"},
            "CreateEventSubscription": {
                "SubscriptionName": events,
                "SnsTopicArn": topic,
                "SourceType": "db-instance",
            },
            "ModifyEventSubscription": {"SubscriptionName": events, "Enabled": True},
            "ModifyDBSnapshotAttribute": {
                "DBSnapshotIdentifier": snapshot,
                "AttributeName": "restore",
                "ValuesToAdd": ["111111111111"],
            },
            "ModifyCertificates": {"CertificateIdentifier": "rds-ca-rsa2048-g1"},
            "RestoreDBInstanceToPointInTime": when(
                "available",
                {
                    "SourceDBInstanceIdentifier": name,
                    "TargetDBInstanceIdentifier": past,
                    "UseLatestRestorableTime": True,
                },
            ),
            "CreateDBInstanceReadReplica": when(
                "available", {"DBInstanceIdentifier": replica, "SourceDBInstanceIdentifier": name}
            ),
            "PromoteReadReplica": lambda world: promoted(world) and {"DBInstanceIdentifier": replica},
            "StopDBInstance": promoted,
            "StartDBInstance": when("stopped", by_name),
            "RestoreDBInstanceFromDBSnapshot": {"DBInstanceIdentifier": copy, "DBSnapshotIdentifier": snapshot},
            "DeleteDBInstance": when("available", {**by_name, "SkipFinalSnapshot": True}),
            "DeleteDBSnapshot": {"DBSnapshotIdentifier": f"{snapshot}-copy"},
            "DeleteOptionGroup": {"OptionGroupName": f"{options}-copy"},
            "DeleteDBParameterGroup": {"DBParameterGroupName": f"{group}-copy"},
            **clusters.calls,
        },
        kept={"CreateDBCluster": {"DbClusterResourceId": "DBCluster.DbClusterResourceId"}},
        fresh={
            **rds_clusters.FRESH,
            "CreateDBSubnetGroup": "DBSubnetGroupName",
            "CreateDBParameterGroup": "DBParameterGroupName",
        },
        last=(
            "DeleteDBInstance",
            "DeleteDBSnapshot",
            "DeleteDBParameterGroup",
            "DeleteDBSubnetGroup",
            "DeleteEventSubscription",
            "DeleteOptionGroup",
            *rds_clusters.LAST,
        ),
        costly=rds_clusters.COSTLY
        | frozenset(
            {
                "CreateDBInstance",
                "CreateDBInstanceReadReplica",
                "PromoteReadReplica",
                "RestoreDBInstanceFromDBSnapshot",
                "RestoreDBInstanceToPointInTime",
                "StartDBInstance",
                "StopDBInstance",
            }
        ),
        close=close,
    )


def _status(api: Any, name: str) -> str | None:
    found = api.describe_db_instances()["DBInstances"]
    return next((one["DBInstanceStatus"] for one in found if one["DBInstanceIdentifier"] == name), None)


def _arn(api: Any, name: str) -> Json:
    return {"ResourceName": api.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DBInstanceArn"]}
