"""What the valid requests of MSK need."""

import json
from collections.abc import Callable
from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client
from lab.waiting import until

STATEMENT = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kafka:GetBootstrapBrokers", "Resource": "*"}
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [STATEMENT]})


def world(implemented: set[str]) -> World:
    api, ec2, vpc = client("kafka"), client("ec2"), resources.vpc("10.204.0.0/16")
    made, topic = resources.two_subnets(vpc, "10.204"), unique()
    nodes = {"InstanceType": "kafka.t3.small", "ClientSubnets": made}
    encryption = {"EncryptionInTransit": {"ClientBroker": "TLS_PLAINTEXT"}}
    provisioned = {
        "KafkaVersion": "4.1.x.kraft",
        "NumberOfBrokerNodes": 2,
        "BrokerNodeGroupInfo": nodes,
        "EncryptionInfo": encryption,
        "ClientAuthentication": {"Sasl": {"Scram": {"Enabled": True}}, "Unauthenticated": {"Enabled": True}},
    }
    secret = _secret()

    def info(world: World) -> Json:
        arn = world.known["ClusterArn"]
        found = until("ACTIVE", lambda: _active(api, arn))
        return {"ClusterArn": arn, "CurrentVersion": found["CurrentVersion"]}

    def changed(**more: Any) -> Callable[[World], Json]:
        return lambda world: {**info(world), **more}

    def configuration(world: World) -> Json:
        return {"ConfigurationInfo": {"Arn": world.known["Arn"], "Revision": 1}}

    def close(world: World) -> None:
        for arn in [
            found["ClusterArn"] for found in api.list_clusters_v2()["ClusterInfoList"] if "cf-" in found["ClusterName"]
        ]:
            resources.quietly(api.delete_cluster, ClusterArn=arn)
        resources.quietly(client("secretsmanager").delete_secret, SecretId=secret, ForceDeleteWithoutRecovery=True)
        for subnet in made:
            ec2.delete_subnet(SubnetId=subnet)
        resources.remove_vpc(vpc)

    return World(
        implemented,
        known={"Revision": 1, "TopicName": topic},
        calls={
            "CreateCluster": {"ClusterName": unique(), **provisioned, "KafkaVersion": "3.9.x.kraft"},
            "CreateConfiguration": {"Name": unique(), "ServerProperties": b"num.partitions=2\n"},
            "DeleteConfiguration": lambda world: {
                "Arn": api.create_configuration(Name=unique(), ServerProperties=b"num.partitions=2\n")["Arn"]
            },
            "UpdateConfiguration": lambda world: {"Arn": world.known["Arn"], "ServerProperties": b"num.partitions=3\n"},
            "GetBootstrapBrokers": lambda world: {"ClusterArn": info(world)["ClusterArn"]},
            "PutClusterPolicy": lambda world: {"ClusterArn": world.known["ClusterArn"], "Policy": POLICY},
            "UpdateClusterConfiguration": lambda world: {**info(world), **configuration(world)},
            "UpdateClusterKafkaVersion": changed(TargetKafkaVersion="4.1.x.kraft"),
            "UpdateMonitoring": changed(EnhancedMonitoring="DEFAULT"),
            "UpdateBrokerType": changed(TargetInstanceType="kafka.m5.large"),
            "UpdateBrokerStorage": changed(
                TargetBrokerEBSVolumeInfo=[{"KafkaBrokerNodeId": "All", "VolumeSizeGB": 2000}]
            ),
            "UpdateStorage": changed(VolumeSizeGB=3000),
            "UpdateConnectivity": changed(ConnectivityInfo={"PublicAccess": {"Type": "DISABLED"}}),
            "UpdateSecurity": changed(EncryptionInfo=encryption),
            "BatchAssociateScramSecret": lambda world: {
                "ClusterArn": world.known["ClusterArn"],
                "SecretArnList": [secret],
            },
            "BatchDisassociateScramSecret": lambda world: {
                "ClusterArn": world.known["ClusterArn"],
                "SecretArnList": [secret],
            },
            "CreateTopic": lambda world: {
                "ClusterArn": info(world)["ClusterArn"],
                "TopicName": topic,
                "PartitionCount": 1,
                "ReplicationFactor": 1,
            },
            "UpdateTopic": lambda world: {
                "ClusterArn": info(world)["ClusterArn"],
                "TopicName": topic,
                "PartitionCount": 2,
            },
            "UpdateBrokerCount": changed(TargetNumberOfBrokerNodes=4),
            "RebootBroker": lambda world: {"ClusterArn": info(world)["ClusterArn"], "BrokerIds": ["1"]},
            "ListClusterOperations": lambda world: {"ClusterArn": info(world)["ClusterArn"]},
            "GetCompatibleKafkaVersions": {},
            "TagResource": lambda world: {"ResourceArn": world.known["ClusterArn"], "Tags": {"a": "b"}},
            "UntagResource": lambda world: {"ResourceArn": world.known["ClusterArn"], "TagKeys": ["a"]},
            "ListTagsForResource": lambda world: {"ResourceArn": world.known["ClusterArn"]},
            "DeleteCluster": lambda world: {"ClusterArn": info(world)["ClusterArn"]},
            "CreateClusterV2": {"ClusterName": unique(), "Provisioned": provisioned},
        },
        fresh={"CreateConfiguration": "Name"},
        kept={
            "CreateCluster": {"ClusterArn": "ClusterArn"},
            "CreateConfiguration": {"Arn": "Arn"},
            "ListClusterOperations": {"ClusterOperationArn": "ClusterOperationInfoList.0.OperationArn"},
        },
        last=("DeleteTopic", "CreateClusterV2", "DeleteClusterPolicy", "DeleteCluster", "DeleteConfiguration"),
        costly=frozenset(
            {
                "CreateCluster",
                "CreateClusterV2",
                "CreateTopic",
                "RebootBroker",
                "UpdateBrokerCount",
                "UpdateBrokerType",
                "UpdateBrokerStorage",
                "UpdateClusterConfiguration",
                "UpdateClusterKafkaVersion",
                "UpdateMonitoring",
            }
        ),
        close=close,
    )


def _active(api: Any, arn: str) -> Json | None:
    found: Json = api.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    return found if found["State"] == "ACTIVE" else None


def _secret() -> str:
    """Returns the ARN of a secret with a user."""
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    value = json.dumps({"username": "cf", "password": "cf"})
    made = client("secretsmanager").create_secret(Name=f"AmazonMSK_{unique()}", KmsKeyId=key, SecretString=value)
    return str(made["ARN"])
