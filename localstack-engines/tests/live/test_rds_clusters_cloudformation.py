"""CloudFormation: DB clusters as the CDK's `rds.DatabaseCluster` synthesises them."""

import json
import uuid
from typing import Any

import pytest
from live.test_data_cloudformation import NETWORK, SUBNETS, ask

from lab.localstack import client
from lab.rds import cluster, public_dns, sql_at
from lab.stacks import Stack
from lab.waiting import until


def template(name: str, *, small: bool = False, **properties: Any) -> dict[str, Any]:
    """Returns the resources of a cluster with generated credentials, a Serverless v2 writer and a reader."""
    member = {
        "DBClusterIdentifier": {"Ref": "Cluster"},
        "DBInstanceClass": "db.serverless",
        "Engine": "aurora-postgresql",
    }
    generated = {
        "GenerateStringKey": "password",
        "SecretStringTemplate": '{"username": "clinic"}',
        "PasswordLength": 30,
        "ExcludeCharacters": " %+~`#$&*()|[]{}:;<>?!'/@\"\\",
    }
    resolved = "{{resolve:secretsmanager:${Secret}:SecretString:%s::}}"
    members = {
        "Writer": {"Type": "AWS::RDS::DBInstance", "Properties": {**member, "PromotionTier": 0}},
        "Reader": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {**member, "PromotionTier": 2},
            "DependsOn": ["Writer"],
        },
    }
    return NETWORK | {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": generated}},
        "Subnets": {
            "Type": "AWS::RDS::DBSubnetGroup",
            "Properties": {"DBSubnetGroupDescription": "x", "SubnetIds": SUBNETS},
        },
        "Parameters": {
            "Type": "AWS::RDS::DBClusterParameterGroup",
            "Properties": {
                "Family": "aurora-postgresql16",
                "Description": "x",
                "Parameters": {"work_mem": "2048" if small else "8192", "rds.force_ssl": "0"},
            },
        },
        "Cluster": {
            "Type": "AWS::RDS::DBCluster",
            "Properties": {
                "DBClusterIdentifier": name,
                "CopyTagsToSnapshot": True,
                "DBClusterParameterGroupName": {"Ref": "Parameters"},
                "DBSubnetGroupName": {"Ref": "Subnets"},
                "DatabaseName": "clinic",
                "Engine": "aurora-postgresql",
                "EngineVersion": "16.8",
                "MasterUserPassword": {"Fn::Sub": resolved % "password"},
                "MasterUsername": {"Fn::Sub": resolved % "username"},
                "ServerlessV2ScalingConfiguration": {"MaxCapacity": 2, "MinCapacity": 0.5},
                "StorageEncrypted": True,
                "VpcSecurityGroupIds": [{"Fn::GetAtt": ["Firewall", "GroupId"]}],
                **properties,
            },
        },
        **({"Writer": members["Writer"]} if small else members),
        "Attachment": {
            "Type": "AWS::SecretsManager::SecretTargetAttachment",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "TargetId": {"Ref": "Cluster"},
                "TargetType": "AWS::RDS::DBCluster",
            },
        },
    }


OUTPUTS = {
    "Id": {"Ref": "Cluster"},
    "Host": {"Fn::GetAtt": ["Cluster", "Endpoint.Address"]},
    "Port": {"Fn::GetAtt": ["Cluster", "Endpoint.Port"]},
    "ReadHost": {"Fn::GetAtt": ["Cluster", "ReadEndpoint.Address"]},
    "Arn": {"Fn::GetAtt": ["Cluster", "DBClusterArn"]},
    "Secret": {"Ref": "Attachment"},
}


def test_a_cluster_is_created_updated_and_deleted(stack: Stack, rds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    public_dns(monkeypatch)
    name = f"c-{uuid.uuid4().hex[:8]}"
    outputs = stack.deploy(template(name), OUTPUTS)
    found = cluster(rds, name)
    assert outputs["Id"] == name
    assert (found["Endpoint"], str(found["Port"])) == (outputs["Host"], outputs["Port"])
    assert (found["ReaderEndpoint"], found["DBClusterArn"]) == (outputs["ReadHost"], outputs["Arn"])
    assert sorted(member["IsClusterWriter"] for member in found["DBClusterMembers"]) == [False, True]
    assert ask(outputs["Secret"], "SELECT current_user || current_setting('work_mem')") == "clinic8MB"
    secret = client("secretsmanager").get_secret_value(SecretId=outputs["Secret"])["SecretString"]
    password = json.loads(secret)["password"]
    assert sql_at(found, outputs["ReadHost"], "SELECT pg_is_in_recovery()", password=password) is True
    events = stack.client.describe_stack_events(StackName=stack.name)["StackEvents"]
    [reason] = [
        event["ResourceStatusReason"]
        for event in events
        if (event["LogicalResourceId"], event["ResourceStatus"]) == ("Cluster", "CREATE_COMPLETE")
    ]
    assert reason.startswith("Aurora PostgreSQL 16.8 (runs on PostgreSQL 17.")
    ask(outputs["Secret"], "CREATE TABLE kept AS SELECT 1 AS x")

    changed = template(name, small=True, BackupRetentionPeriod=7, Tags=[{"Key": "a", "Value": "b"}])
    assert stack.deploy(changed, OUTPUTS)["Id"] == name
    found = cluster(rds, name)
    assert (found["BackupRetentionPeriod"], found["TagList"]) == (7, [{"Key": "a", "Value": "b"}])
    assert len(found["DBClusterMembers"]) == 1
    until("the parameter", lambda: ask(outputs["Secret"], "SHOW work_mem") == "2MB")
    assert ask(outputs["Secret"], "SELECT x FROM kept") == 1
    stack.delete()
    assert name not in str(rds.describe_db_clusters()["DBClusters"])
