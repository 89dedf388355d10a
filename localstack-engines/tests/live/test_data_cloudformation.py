"""CloudFormation types of databases and brokers, with their engines."""

import asyncio
import json
import uuid
from typing import Any

import asyncpg
import pytest
from live.test_kafka import broker_setting

from lab.localstack import client
from lab.stacks import DeployFailed, Stack

NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.62.0.0/16"}},
    "SubnetA": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.62.0.0/24", "AvailabilityZone": "us-east-1a"},
    },
    "SubnetB": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.62.1.0/24", "AvailabilityZone": "us-east-1b"},
    },
    "Firewall": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "x"},
    },
}
SUBNETS = [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]


def database(name: str, **properties: Any) -> dict[str, Any]:
    """Returns the resources that the CDK synthesises for an instance with generated credentials."""
    generated = {
        "GenerateStringKey": "password",
        "SecretStringTemplate": '{"username": "clinic"}',
        "PasswordLength": 30,
    }
    secret = {"GenerateSecretString": {**generated, "ExcludeCharacters": " %+~`#$&*()|[]{}:;<>?!'/@\"\\"}}
    resolved = "{{resolve:secretsmanager:${Secret}:SecretString:%s::}}"
    return NETWORK | {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": secret},
        "Subnets": {
            "Type": "AWS::RDS::DBSubnetGroup",
            "Properties": {"DBSubnetGroupDescription": "x", "SubnetIds": SUBNETS},
        },
        "Parameters": {
            "Type": "AWS::RDS::DBParameterGroup",
            "Properties": {"Family": "postgres17", "Description": "x", "Parameters": {"max_connections": "33"}},
        },
        "Database": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {
                "DBInstanceIdentifier": name,
                "DBInstanceClass": "db.t4g.micro",
                "Engine": "postgres",
                "EngineVersion": "17.6",
                "AllocatedStorage": "20",
                "StorageType": "gp3",
                "DBName": "clinic",
                "MasterUsername": {"Fn::Sub": resolved % "username"},
                "MasterUserPassword": {"Fn::Sub": resolved % "password"},
                "DBSubnetGroupName": {"Ref": "Subnets"},
                "DBParameterGroupName": {"Ref": "Parameters"},
                "VPCSecurityGroups": [{"Fn::GetAtt": ["Firewall", "GroupId"]}],
                **properties,
            },
        },
        "Attachment": {
            "Type": "AWS::SecretsManager::SecretTargetAttachment",
            "Properties": {
                "SecretId": {"Ref": "Secret"},
                "TargetId": {"Ref": "Database"},
                "TargetType": "AWS::RDS::DBInstance",
            },
        },
    }


DATABASE_OUTPUTS = {
    "Id": {"Ref": "Database"},
    "Port": {"Fn::GetAtt": ["Database", "Endpoint.Port"]},
    "Host": {"Fn::GetAtt": ["Database", "Endpoint.Address"]},
    "Secret": {"Ref": "Attachment"},
    "Firewall": {"Fn::GetAtt": ["Firewall", "GroupId"]},
}


def ask(secret_id: str, query: str) -> Any:
    """Runs a query with the address and the credentials in the secret, as the services do. Returns its first value."""
    secret = json.loads(client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])

    async def run() -> Any:
        connection = await asyncpg.connect(
            host=secret["host"],
            port=secret["port"],
            user=secret["username"],
            password=secret["password"],
            database=secret["dbname"],
        )
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_a_database_is_created_updated_and_replaced(stack: Stack) -> None:
    name, rds = f"db-{uuid.uuid4().hex[:8]}", client("rds")
    outputs = stack.deploy(database(name), DATABASE_OUTPUTS)
    assert outputs["Id"] == name
    assert outputs["Secret"].startswith("arn:aws:secretsmanager:")
    assert ask(outputs["Secret"], "SELECT current_user || current_setting('max_connections')") == "clinic33"
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    assert [group["VpcSecurityGroupId"] for group in found["VpcSecurityGroups"]] == [outputs["Firewall"]]
    assert (found["Endpoint"]["Address"], str(found["Endpoint"]["Port"])) == (outputs["Host"], outputs["Port"])
    ask(outputs["Secret"], "CREATE TABLE kept AS SELECT 1 AS x")

    changed = database(name, DBInstanceClass="db.t4g.small", Tags=[{"Key": "a", "Value": "b"}])
    changed["Parameters"]["Properties"] |= {"Parameters": {"max_connections": "34", "work_mem": "2048"}}
    outputs = stack.deploy(changed, DATABASE_OUTPUTS)
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    assert found["DBInstanceClass"] == "db.t4g.small"
    assert {"Key": "a", "Value": "b"} in found["TagList"]
    assert ask(outputs["Secret"], "SHOW work_mem") == "2MB"
    assert ask(outputs["Secret"], "SELECT x FROM kept") == 1

    # What is no longer in the template no longer holds.
    kept = database(name, DBInstanceClass="db.t4g.small", BackupRetentionPeriod=7, DeletionProtection=True)
    stack.deploy(kept, DATABASE_OUTPUTS)
    assert rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]["DeletionProtection"] is True
    replica = {
        "Type": "AWS::RDS::DBInstance",
        "Properties": {"DBInstanceIdentifier": f"{name}-r", "SourceDBInstanceIdentifier": {"Ref": "Database"}},
    }
    stack.deploy(database(name, DBInstanceClass="db.t4g.small") | {"Replica": replica}, DATABASE_OUTPUTS)
    found = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]
    assert (found["DeletionProtection"], found["BackupRetentionPeriod"]) == (False, 1)
    assert found["ReadReplicaDBInstanceIdentifiers"] == [f"{name}-r"]

    # The name is create-only: a new name replaces the database by an empty one.
    outputs = stack.deploy(database(f"{name}-b"), DATABASE_OUTPUTS)
    assert outputs["Id"] == f"{name}-b"
    assert ask(outputs["Secret"], "SELECT to_regclass('kept')") is None
    assert [one["DBInstanceIdentifier"] for one in rds.describe_db_instances()["DBInstances"]].count(name) == 0
    stack.delete()


def test_a_wrong_engine_version_fails_with_awss_message_and_rolls_back(stack: Stack) -> None:
    with pytest.raises(DeployFailed, match=r"Cannot find version 18\.1 for postgres"):
        stack.deploy(database("never", EngineVersion="18.1"))
    groups = client("rds").describe_db_subnet_groups()["DBSubnetGroups"]
    assert not [group for group in groups if group["DBSubnetGroupName"].startswith(stack.name)]
    stack.delete()


STATEMENTS = [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kafka:CreateVpcConnection", "Resource": {"Ref": "Kafka"}}
]


def broker(name: str, properties: str, partitions: int = 1, **change: Any) -> dict[str, Any]:
    return NETWORK | {
        "Settings": {
            "Type": "AWS::MSK::Configuration",
            "Properties": {"Name": name, "KafkaVersionsList": ["4.1.x.kraft"], "ServerProperties": properties},
        },
        "Kafka": {
            "Type": "AWS::MSK::Cluster",
            "Properties": {
                "ClusterName": name,
                "KafkaVersion": "4.1.x.kraft",
                "NumberOfBrokerNodes": 2,
                "BrokerNodeGroupInfo": {
                    "InstanceType": "kafka.t3.small",
                    "ClientSubnets": SUBNETS,
                    "SecurityGroups": [{"Fn::GetAtt": ["Firewall", "GroupId"]}],
                    "StorageInfo": {"EBSStorageInfo": {"VolumeSize": 10}},
                },
                "ConfigurationInfo": {
                    "Arn": {"Ref": "Settings"},
                    "Revision": {"Fn::GetAtt": ["Settings", "LatestRevision.Revision"]},
                },
                "ClientAuthentication": {"Unauthenticated": {"Enabled": True}},
                "EncryptionInfo": {"EncryptionInTransit": {"ClientBroker": "PLAINTEXT", "InCluster": True}},
                "LoggingInfo": {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": "/x"}}},
                **change,
            },
        },
        "Orders": {
            "Type": "AWS::MSK::Topic",
            "Properties": {
                "ClusterArn": {"Ref": "Kafka"},
                "TopicName": "orders",
                "PartitionCount": partitions,
                "ReplicationFactor": 1,
            },
        },
        "Policy": {
            "Type": "AWS::MSK::ClusterPolicy",
            "Properties": {
                "ClusterArn": {"Ref": "Kafka"},
                "Policy": {"Version": "2012-10-17", "Statement": STATEMENTS},
            },
        },
    }


def test_cluster_is_created_updated_and_deleted(stack: Stack) -> None:
    name, kafka = f"mq-{uuid.uuid4().hex[:8]}", client("kafka")
    arn = stack.deploy(broker(name, "num.partitions=3\n"), {"Arn": {"Ref": "Kafka"}})["Arn"]
    servers = kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerString"]
    assert broker_setting(servers, "num.partitions") == "3"
    changed = broker(name, "num.partitions=4\n", 2, NumberOfBrokerNodes=4, Tags={"a": "b"})
    assert stack.deploy(changed, {"Arn": {"Ref": "Kafka"}})["Arn"] == arn
    assert broker_setting(servers, "num.partitions") == "4"
    assert kafka.describe_topic(ClusterArn=arn, TopicName="orders")["PartitionCount"] == 2
    found = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert found["NumberOfBrokerNodes"] == 4
    assert found["Tags"] == {"a": "b"}
    assert found["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"] == 2
    stack.delete()


def test_an_event_subscription_and_an_option_group(stack: Stack) -> None:
    rds = client("rds")
    subscription = {"SnsTopicArn": {"Ref": "Topic"}, "SourceType": "db-instance", "EventCategories": ["creation"]}
    group = {"EngineName": "postgres", "MajorEngineVersion": "17", "OptionGroupDescription": "x"}

    def template(**more: Any) -> dict[str, Any]:
        return {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Events": {"Type": "AWS::RDS::EventSubscription", "Properties": subscription | more},
            "Options": {"Type": "AWS::RDS::OptionGroup", "Properties": group},
        }

    names = {"Name": {"Ref": "Events"}, "Group": {"Ref": "Options"}}
    outputs = stack.deploy(template(), names)
    query = {"SubscriptionName": outputs["Name"]}
    assert rds.describe_event_subscriptions(**query)["EventSubscriptionsList"][0]["EventCategoriesList"] == ["creation"]
    assert rds.describe_option_groups(OptionGroupName=outputs["Group"])["OptionGroupsList"][0]["Options"] == []
    stack.deploy(template(Enabled=False, EventCategories=["deletion"]), names)
    [found] = rds.describe_event_subscriptions(**query)["EventSubscriptionsList"]
    assert (found["Enabled"], found["EventCategoriesList"]) == (False, ["deletion"])
    stack.delete()
    assert outputs["Name"] not in str(rds.describe_event_subscriptions()["EventSubscriptionsList"])
