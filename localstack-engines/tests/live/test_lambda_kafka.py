"""Event source mappings of Kafka: an MSK cluster, and brokers that a mapping names."""

import asyncio
import base64
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from botocore.exceptions import ClientError

from lab.events import Sink
from lab.waiting import until


class Cluster:
    """An MSK cluster."""

    def __init__(self, client: Any, subnets: list[str], name: str) -> None:
        self._client = client
        self.arn = client.create_cluster(
            ClusterName=name,
            KafkaVersion="4.1.x.kraft",
            NumberOfBrokerNodes=2,
            BrokerNodeGroupInfo={"InstanceType": "kafka.t3.small", "ClientSubnets": subnets},
            EncryptionInfo={"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}},
        )["ClusterArn"]
        until("an active cluster", lambda: self._state() == "ACTIVE", seconds=120)
        self.brokers = client.get_bootstrap_brokers(ClusterArn=self.arn)["BootstrapBrokerString"]

    def _state(self) -> str:
        return str(self._client.describe_cluster(ClusterArn=self.arn)["ClusterInfo"]["State"])

    def topic(self, name: str) -> None:
        self._client.create_topic(ClusterArn=self.arn, TopicName=name, PartitionCount=1, ReplicationFactor=1)

    def produce(self, topic: str, *values: bytes, **options: Any) -> None:
        async def send() -> None:
            async with AIOKafkaProducer(bootstrap_servers=self.brokers) as producer:
                for value in values:
                    await producer.send_and_wait(topic, value, partition=0, **options)

        asyncio.run(send())


@pytest.fixture(scope="module")
def cluster(aws: Callable[..., Any]) -> Iterator[Cluster]:
    ec2, client = aws("ec2"), aws("kafka")
    vpc = ec2.create_vpc(CidrBlock="10.63.0.0/16")["Vpc"]["VpcId"]
    zones = {"us-east-1a": "10.63.0.0/24", "us-east-1b": "10.63.1.0/24"}
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZone=zone)["Subnet"]["SubnetId"]
        for zone, block in zones.items()
    ]
    cluster = Cluster(client, subnets, "lambda-events")
    yield cluster
    client.delete_cluster(ClusterArn=cluster.arn)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture
def sink(aws: Callable[..., Any], unique: str) -> Iterator[Sink]:
    sink = Sink(aws, unique, MARK=base64.b64encode(b"bad").decode())
    yield sink
    sink.delete()


@pytest.fixture
def mapped(aws: Callable[..., Any], sink: Sink, cleanup: Callable[..., None]) -> Callable[..., dict[str, Any]]:
    """Creates a mapping to the sink, and waits until it reads."""
    client = aws("lambda")

    def create(**options: Any) -> dict[str, Any]:
        defaults = {"StartingPosition": "TRIM_HORIZON", "FunctionName": sink.name}
        mapping = client.create_event_source_mapping(**{**defaults, **options})
        cleanup(client.delete_event_source_mapping, UUID=mapping["UUID"])
        until("an enabled mapping", lambda: state(client, mapping) == "Enabled")
        return dict(mapping)

    return create


def state(client: Any, mapping: dict[str, Any]) -> str:
    return str(client.get_event_source_mapping(UUID=mapping["UUID"])["State"])


def values(event: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(record["value"]) for records in event["records"].values() for record in records]


def test_records_of_an_msk_cluster_arrive_and_a_failed_batch_is_tried_again_in_order(
    aws: Callable[..., Any], cluster: Cluster, sink: Sink, mapped: Callable[..., dict[str, Any]], unique: str
) -> None:
    cluster.topic(unique)
    cluster.produce(unique, b"first", key=b"k", headers=[("trace", "é".encode())])
    mapping = mapped(EventSourceArn=cluster.arn, Topics=[unique], BatchSize=1)
    (event,) = sink.read(1)
    assert (event["eventSource"], event["eventSourceArn"]) == ("aws:kafka", cluster.arn)
    assert event["bootstrapServers"] == cluster.brokers
    (record,) = event["records"][f"{unique}-0"]
    assert (record["topic"], record["partition"], record["offset"]) == (unique, 0, 0)
    assert record["timestampType"] == "CREATE_TIME"
    assert (base64.b64decode(record["key"]), base64.b64decode(record["value"])) == (b"k", b"first")
    assert record["headers"] == [{"trace": [-61, -87]}]
    group = mapping["AmazonManagedKafkaEventSourceConfig"]["ConsumerGroupId"]
    assert group == mapping["UUID"]

    cluster.produce(unique, b"bad", b"after")
    assert [values(event) for event in sink.read(3)] == [[b"bad"], [b"bad"], [b"after"]]

    client = aws("lambda")
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    until("a disabled mapping", lambda: state(client, mapping) == "Disabled")
    cluster.produce(unique, b"later")
    client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)
    assert values(sink.read(1)[0]) == [b"later"]


def test_brokers_that_the_mapping_names_are_read_with_filters_and_a_group(
    cluster: Cluster, sink: Sink, mapped: Callable[..., dict[str, Any]], unique: str
) -> None:
    cluster.topic(unique)
    cluster.produce(unique, b'{"kind": "other"}', b'{"kind": "wanted"}', b"no json", b'{"kind": "wanted", "n": 2}')
    mapped(
        SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": cluster.brokers.split(",")}},
        SourceAccessConfigurations=[{"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"}],
        SelfManagedKafkaEventSourceConfig={"ConsumerGroupId": unique},
        FilterCriteria={"Filters": [{"Pattern": '{"value": {"kind": ["wanted"]}}'}]},
        Topics=[unique],
    )
    (event,) = sink.read(1)
    assert event["eventSource"] == "SelfManagedKafka"
    assert "eventSourceArn" not in event
    assert values(event) == [b'{"kind": "wanted"}', b'{"kind": "wanted", "n": 2}']


def test_a_mapping_may_begin_at_a_time(
    cluster: Cluster, sink: Sink, mapped: Callable[..., dict[str, Any]], unique: str
) -> None:
    cluster.topic(unique)
    for value, seconds in ((b"before", 1_700_000_000), (b"after", 1_700_000_020)):
        cluster.produce(unique, value, timestamp_ms=seconds * 1000)
    start = {"StartingPosition": "AT_TIMESTAMP", "StartingPositionTimestamp": 1_700_000_010}
    mapped(EventSourceArn=cluster.arn, Topics=[unique], **start)
    assert values(sink.read(1)[0]) == [b"after"]


REFUSED = {
    "topics": {"Topics": None},
    "startingPosition": {"StartingPosition": None},
    "StartingPositionTimestamp is required": {"StartingPosition": "AT_TIMESTAMP"},
    "cluster/none": {"EventSourceArn": "arn:aws:kafka:us-east-1:000000000000:cluster/none/1-2"},
    "BASIC_AUTH is not supported": {"SourceAccessConfigurations": [{"Type": "BASIC_AUTH", "URI": "arn:aws:x"}]},
    "DestinationConfig.OnFailure is not": {"DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:a:1:q"}}},
    "MaximumRetryAttempts": {"MaximumRetryAttempts": 3},
    "Value 'kafka://a:9092'": {
        "EventSourceArn": None,
        "SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["kafka://a:9092"]}},
        "SourceAccessConfigurations": [],
    },
}


def test_what_a_mapping_cannot_do_is_refused(aws: Callable[..., Any], cluster: Cluster, sink: Sink) -> None:
    client = aws("lambda")
    for message, options in REFUSED.items():
        wanted = {"StartingPosition": "LATEST", "Topics": ["t"], "EventSourceArn": cluster.arn, **options}
        arguments = {name: value for name, value in wanted.items() if value is not None}
        with pytest.raises(ClientError, match="InvalidParameterValueException") as refused:
            client.create_event_source_mapping(FunctionName=sink.name, **arguments)
        assert message in str(refused.value)
    assert client.list_event_source_mappings(FunctionName=sink.name)["EventSourceMappings"] == []
