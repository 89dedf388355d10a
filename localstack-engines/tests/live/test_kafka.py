"""MSK: an ACTIVE cluster is Apache Kafka that clients can use."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lab.errors import refused
from lab.kafka import (
    active,
    bootstrap,
    broker_setting,
    consume,
    create_topic,
    delete,
    new_name,
    produce,
    request,
)
from lab.localstack import client, in_container
from lab.waiting import until


@pytest.fixture(scope="module")
def kafka() -> Any:
    return client("kafka")


@pytest.fixture(scope="module")
def subnets() -> Iterator[list[str]]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.62.0.0/16")["Vpc"]["VpcId"]
    made = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.62.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    yield [subnet["SubnetId"] for subnet in made]
    for subnet in made:
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)


def nodes(**members: Any) -> dict[str, Any]:
    return {"BrokerNodeGroupInfo": members}


@pytest.fixture(scope="module")
def cluster(kafka: Any, subnets: list[str]) -> Iterator[dict[str, Any]]:
    arn = kafka.create_cluster_v2(ClusterName=new_name(), Provisioned=request(subnets), Tags={"a": "b"})["ClusterArn"]
    yield active(kafka, arn)
    delete(kafka, arn)


def test_active_means_that_messages_pass(kafka: Any, subnets: list[str]) -> None:
    arn = kafka.create_cluster(ClusterName=new_name(), **request(subnets))["ClusterArn"]
    found = active(kafka, arn)
    servers = bootstrap(kafka, found)
    assert re.fullmatch(r"localhost\.localstack\.cloud:\d+", servers)

    async def round_trip() -> list[bytes]:
        await create_topic(servers, "t")
        await produce(servers, "t", [b"one", b"two"])
        return await consume(servers, "t")

    assert asyncio.run(round_trip()) == [b"one", b"two"]
    delete(kafka, arn)


def test_a_cluster_is_described_and_listed(kafka: Any, cluster: dict[str, Any], subnets: list[str]) -> None:
    assert cluster["Provisioned"]["CurrentBrokerSoftwareInfo"]["KafkaVersion"] == "4.1.x.kraft"
    assert cluster["Provisioned"]["NumberOfBrokerNodes"] == 2
    # One broker runs by default, and the state info says so.
    assert "1 of 2 broker nodes run" in cluster["StateInfo"]["Message"]
    nodes = kafka.list_nodes(ClusterArn=cluster["ClusterArn"])["NodeInfoList"]
    assert [node["BrokerNodeInfo"]["BrokerId"] for node in nodes] == [1]
    name = cluster["ClusterName"]
    for listed in (kafka.list_clusters, kafka.list_clusters_v2):
        assert [one["ClusterArn"] for one in listed(ClusterNameFilter=name)["ClusterInfoList"]] == [
            cluster["ClusterArn"]
        ]
    assert kafka.list_tags_for_resource(ResourceArn=cluster["ClusterArn"])["Tags"] == {"a": "b"}
    assert "4.1.x.kraft" in [one["Version"] for one in kafka.list_kafka_versions()["KafkaVersions"]]
    strings = kafka.get_bootstrap_brokers(ClusterArn=cluster["ClusterArn"])
    assert {key for key in strings if key != "ResponseMetadata"} == {"BootstrapBrokerString"}


def test_what_a_request_leaves_out_is_described(kafka: Any, cluster: dict[str, Any], subnets: list[str]) -> None:
    arn = cluster["ClusterArn"]
    found = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert found["EncryptionInfo"]["EncryptionInTransit"] == {"ClientBroker": "PLAINTEXT", "InCluster": True}
    assert found["ClientAuthentication"]["Unauthenticated"] == {"Enabled": True}
    assert found["OpenMonitoring"]["Prometheus"]["JmxExporter"] == {"EnabledInBroker": False}
    group = found["BrokerNodeGroupInfo"]
    assert group["ConnectivityInfo"]["PublicAccess"] == {"Type": "DISABLED"}
    assert group["StorageInfo"]["EbsStorageInfo"]["VolumeSize"] == 1000
    [default] = group["SecurityGroups"]
    assert default.startswith("sg-")
    current = {"ClusterArn": arn, "CurrentVersion": found["CurrentVersion"]}
    refused(
        kafka.update_connectivity, "BadRequestException", "Public access", **current,
        ConnectivityInfo={"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}},
    )  # fmt: skip
    refused(
        kafka.update_cluster_kafka_version, "BadRequestException", "upgraded", **current, TargetKafkaVersion="3.6.0"
    )
    kafka.update_monitoring(**current, EnhancedMonitoring="PER_BROKER")
    found = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert found["EnhancedMonitoring"] == "PER_BROKER"
    kafka.update_storage(ClusterArn=arn, CurrentVersion=found["CurrentVersion"], VolumeSizeGB=1100)
    found = kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]
    assert found["BrokerNodeGroupInfo"]["StorageInfo"]["EbsStorageInfo"]["VolumeSize"] == 1100
    operations = kafka.list_cluster_operations(ClusterArn=arn)["ClusterOperationInfoList"]
    assert operations[-1]["OperationType"] == "UPDATE_STORAGE"


def test_topics_are_not_created_automatically(kafka: Any, cluster: dict[str, Any]) -> None:
    assert broker_setting(bootstrap(kafka, cluster), "auto.create.topics.enable") == "false"


def test_a_killed_broker_loses_no_acknowledged_message(kafka: Any, cluster: dict[str, Any]) -> None:
    servers, topic, arn = bootstrap(kafka, cluster), new_name(), cluster["ClusterArn"]

    def kill_broker() -> None:
        in_container("pkill", "-9", "-f", arn.rsplit("/", 1)[1])
        until("HEALING", lambda: kafka.describe_cluster(ClusterArn=arn)["ClusterInfo"]["State"] == "HEALING")
        active(kafka, arn)

    async def run() -> list[bytes]:
        await create_topic(servers, topic)
        for number in range(3):
            await produce(servers, topic, [f"{number}-{index}".encode() for index in range(20)])
            await asyncio.to_thread(kill_broker)
        return await consume(servers, topic)

    sent = [f"{number}-{index}".encode() for number in range(3) for index in range(20)]
    assert asyncio.run(run()) == sent


def test_configuration_reaches_the_brokers(kafka: Any, subnets: list[str]) -> None:
    first = kafka.create_configuration(
        Name=new_name(),
        KafkaVersions=["4.1.x.kraft"],
        ServerProperties=b"# comment\nnum.partitions=3\nmin.insync.replicas=2\n",
    )
    info = {"Arn": first["Arn"], "Revision": first["LatestRevision"]["Revision"]}
    made = kafka.create_cluster(ClusterName=new_name(), **request(subnets, ConfigurationInfo=info))
    found = active(kafka, made["ClusterArn"])
    servers = bootstrap(kafka, found)
    assert broker_setting(servers, "num.partitions") == "3"
    # One broker runs, so no more than one replica can be in sync.
    assert broker_setting(servers, "min.insync.replicas") == "1"

    second = kafka.update_configuration(Arn=first["Arn"], ServerProperties=b"num.partitions=5")["LatestRevision"]
    assert second["Revision"] == 2
    old = kafka.describe_configuration_revision(Arn=first["Arn"], Revision=1)
    assert b"num.partitions=3" in old["ServerProperties"]
    change = {"ConfigurationInfo": info | {"Revision": 2}, "ClusterArn": made["ClusterArn"]}
    refused(kafka.update_cluster_configuration, "BadRequestException", "version", **change, CurrentVersion="stale")
    started = kafka.update_cluster_configuration(**change, CurrentVersion=found["CurrentVersion"])
    updated = active(kafka, made["ClusterArn"])
    assert updated["Provisioned"]["CurrentBrokerSoftwareInfo"]["ConfigurationRevision"] == 2
    assert updated["CurrentVersion"] != found["CurrentVersion"]
    assert broker_setting(servers, "num.partitions") == "5"
    operation = kafka.describe_cluster_operation(ClusterOperationArn=started["ClusterOperationArn"])
    assert operation["ClusterOperationInfo"]["OperationState"] == "UPDATE_COMPLETE"
    refused(kafka.delete_configuration, "BadRequestException", "in use", Arn=first["Arn"])
    delete(kafka, made["ClusterArn"])
    kafka.delete_configuration(Arn=first["Arn"])
    refused(kafka.describe_configuration, "NotFoundException", "not found", Arn=first["Arn"])


def test_broker_logs_reach_cloudwatch(kafka: Any, subnets: list[str]) -> None:
    logs, group = client("logs"), f"/kafka/{new_name()}"
    logs.create_log_group(logGroupName=group)
    destination = {"BrokerLogs": {"CloudWatchLogs": {"Enabled": True, "LogGroup": group}}}
    arn = kafka.create_cluster(ClusterName=new_name(), **request(subnets, LoggingInfo=destination))["ClusterArn"]
    active(kafka, arn)
    until("the log", lambda: logs.filter_log_events(logGroupName=group, filterPattern="started")["events"])
    delete(kafka, arn)
    logs.delete_log_group(logGroupName=group)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"KafkaVersion": "2.2.9"}, r"Unsupported KafkaVersion \[2.2.9\]"),
        ({"NumberOfBrokerNodes": 3}, "must be a multiple of Availability Zones"),
        (
            {"BrokerNodeGroupInfo": {"InstanceType": "t3.small", "ClientSubnets": ["a", "b"]}},
            "Unsupported InstanceType",
        ),
        ({"BrokerNodeGroupInfo": {"InstanceType": "kafka.t3.small", "ClientSubnets": ["a", "b"]}}, "does not exist"),
        (
            nodes(ConnectivityInfo={"PublicAccess": {"Type": "SERVICE_PROVIDED_EIPS"}}),
            "Public access .* is not supported",
        ),
        (nodes(ConnectivityInfo={"NetworkType": "DUAL"}), "DUAL is not supported"),
        ({"StorageMode": "TIERED"}, "Tiered storage is not supported"),
        ({"OpenMonitoring": {"Prometheus": {"JmxExporter": {"EnabledInBroker": True}}}}, "Prometheus"),
        ({"LoggingInfo": {"BrokerLogs": {"S3": {"Enabled": True, "Bucket": "b"}}}}, "S3 is not supported"),
        ({"Rebalancing": {"Status": "ACTIVE"}}, "Express"),
        ({"ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}}}, "SASL client authentication"),
        ({"ClientAuthentication": {"Tls": {"Enabled": True}}}, "TLS client authentication is not supported"),
    ],
)
def test_invalid_clusters_are_refused(kafka: Any, subnets: list[str], change: dict[str, Any], message: str) -> None:
    name = new_name()
    wanted = request(subnets) | change
    if wanted["BrokerNodeGroupInfo"].get("ConnectivityInfo"):
        wanted["BrokerNodeGroupInfo"] = {**request(subnets)["BrokerNodeGroupInfo"], **wanted["BrokerNodeGroupInfo"]}
    refused(kafka.create_cluster, "BadRequestException", message, ClusterName=name, **wanted)
    assert kafka.list_clusters(ClusterNameFilter=name)["ClusterInfoList"] == []


def test_other_errors(kafka: Any, cluster: dict[str, Any], subnets: list[str]) -> None:
    name, arn = cluster["ClusterName"], cluster["ClusterArn"]
    refused(kafka.create_cluster, "ConflictException", "already exists", ClusterName=name, **request(subnets))
    refused(kafka.describe_cluster, "NotFoundException", "not found", ClusterArn=arn + "0")
    refused(kafka.reboot_broker, "BadRequestException", "Broker 7", ClusterArn=arn, BrokerIds=["7"])
    bad = {"Name": new_name(), "ServerProperties": b"listeners=PLAINTEXT://:1"}
    refused(kafka.create_configuration, "BadRequestException", "Unsupported property: listeners", **bad)
    connection = {
        "TargetClusterArn": arn,
        "Authentication": "TLS",
        "VpcId": "v",
        "ClientSubnets": [],
        "SecurityGroups": [],
    }
    refused(
        kafka.create_vpc_connection, "NotImplementedException", "CreateVpcConnection is not supported", **connection
    )
    assert kafka.list_replicators()["Replicators"] == []
    assert kafka.list_scram_secrets(ClusterArn=arn)["SecretArnList"] == []


def test_policy_tags_and_reboot(kafka: Any, cluster: dict[str, Any]) -> None:
    arn = cluster["ClusterArn"]
    refused(kafka.get_cluster_policy, "NotFoundException", "no policy", ClusterArn=arn)
    refused(kafka.put_cluster_policy, "BadRequestException", "no statement", ClusterArn=arn, Policy="{}")
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kafka:GetBootstrapBrokers", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    version = kafka.put_cluster_policy(ClusterArn=arn, Policy=policy)["CurrentVersion"]
    assert kafka.get_cluster_policy(ClusterArn=arn)["CurrentVersion"] == version
    kafka.delete_cluster_policy(ClusterArn=arn)
    kafka.tag_resource(ResourceArn=arn, Tags={"c": "d"})
    kafka.untag_resource(ResourceArn=arn, TagKeys=["c"])
    assert kafka.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"a": "b"}
    kafka.reboot_broker(ClusterArn=arn, BrokerIds=["1"])
    active(kafka, arn)


def test_topics_are_those_of_the_brokers(kafka: Any, cluster: dict[str, Any]) -> None:
    servers, name = bootstrap(kafka, cluster), new_name()
    topic = {"ClusterArn": cluster["ClusterArn"], "TopicName": name}
    configs = base64.b64encode(b"retention.ms=60000\ncompression.type=zstd").decode()
    made = kafka.create_topic(**topic, PartitionCount=3, ReplicationFactor=1, Configs=configs)
    assert made["TopicArn"].endswith(f"/{name}")
    refused(kafka.create_topic, "TopicExistsException", "", **topic, PartitionCount=1, ReplicationFactor=1)
    invalid = {**topic, "TopicName": f"{name}-b", "PartitionCount": 1, "ReplicationFactor": 1}
    refused(kafka.create_topic, "BadRequestException", "", **{**invalid, "ReplicationFactor": 9})
    bad = base64.b64encode(b"no.such.setting=1").decode()
    refused(kafka.create_topic, "BadRequestException", "", **invalid, Configs=bad)
    asyncio.run(produce(servers, name, [b"one"]))
    found = kafka.describe_topic(**topic)
    assert (found["PartitionCount"], found["ReplicationFactor"], found["Status"]) == (3, 1, "ACTIVE")
    assert base64.b64decode(found["Configs"]) == b"compression.type=zstd\nretention.ms=60000"
    partitions = kafka.describe_topic_partitions(**topic)["Partitions"]
    assert [(one["Partition"], one["Leader"], one["Isr"]) for one in partitions] == [
        (0, 1, [1]),
        (1, 1, [1]),
        (2, 1, [1]),
    ]
    change = base64.b64encode(b"retention.ms=70000").decode()
    kafka.update_topic(**topic, PartitionCount=4, Configs=change)
    found = kafka.describe_topic(**topic)
    assert found["PartitionCount"] == 4
    assert base64.b64decode(found["Configs"]) == b"compression.type=zstd\nretention.ms=70000"
    refused(kafka.update_topic, "BadRequestException", "", **topic, PartitionCount=2)
    listed = kafka.list_topics(ClusterArn=cluster["ClusterArn"], TopicNameFilter=name)["Topics"]
    assert [(one["TopicName"], one["OutOfSyncReplicaCount"]) for one in listed] == [(name, 0)]
    kafka.delete_topic(**topic)
    until(
        "the deletion", lambda: kafka.list_topics(ClusterArn=topic["ClusterArn"], TopicNameFilter=name)["Topics"] == []
    )
    refused(kafka.describe_topic, "NotFoundException", name, **topic)
