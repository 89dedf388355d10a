"""CloudWatch has the metrics of what runs here, and alarms on them notify a topic."""

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import OffsetAndMetadata

from lab import metrics
from lab.elb import BalancerLab, forward
from lab.errors import refused
from lab.gateway import HttpApi, Upstream
from lab.rds import create, delete
from lab.waiting import until


@pytest.fixture(scope="module")
def cloudwatch(aws: Callable[..., Any]) -> Any:
    return aws("cloudwatch")


@pytest.fixture(scope="module")
def period(plugin: dict[str, Any]) -> int:
    """The seconds between two measurements."""
    return int(plugin["metric_seconds"])


@pytest.fixture(scope="module")
def seconds(period: int) -> float:
    """A limit for the time in which a metric comes: some need two measurements."""
    return 30 + 3 * period


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[BalancerLab]:
    with BalancerLab(aws) as lab:
        yield lab


def test_an_alarm_on_an_apis_errors_notifies_a_topic(
    aws: Callable[..., Any],
    cloudwatch: Any,
    endpoint: str,
    upstream: Upstream,
    unique: str,
    seconds: float,
    period: int,
    cleanup: Callable[..., None],
) -> None:
    sns, sqs = aws("sns"), aws("sqs")
    topic, queue = sns.create_topic(Name=unique)["TopicArn"], sqs.create_queue(QueueName=unique)["QueueUrl"]
    cleanup(sqs.delete_queue, QueueUrl=queue)
    cleanup(sns.delete_topic, TopicArn=topic)
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    api = HttpApi(aws("apigatewayv2"), endpoint)
    cleanup(api.delete)
    api.stage()
    api.route("$default", api.proxy(upstream.url))
    alarm = {
        "Namespace": "AWS/ApiGateway",
        "Dimensions": [{"Name": "ApiId", "Value": api.id}],
        "Period": period,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [topic],
    }
    # The project's own alarms: the number of server errors, and a percentile of the latency.
    for name, metric in (
        ("errors", {"MetricName": "5xx", "Statistic": "Sum", "Threshold": 0}),
        ("latency", {"MetricName": "Latency", "ExtendedStatistic": "p99", "Threshold": 250}),
    ):
        cloudwatch.put_metric_alarm(AlarmName=f"{unique}-{name}", **alarm, **metric)
        cleanup(cloudwatch.delete_alarms, AlarmNames=[f"{unique}-{name}"])
    for status in (200, 404, 500, 500, 502):
        assert api.get(f"/?status={status}").status_code == status
    assert api.get("/?sleep=0.3").status_code == 200

    received: set[str] = set()

    def both() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            body = json.loads(message["Body"])
            assert body["NewStateValue"] == "ALARM"
            received.add(body["AlarmName"])
        return received == {f"{unique}-errors", f"{unique}-latency"}

    until("both alarms", both, seconds)
    counted = [metrics.total(cloudwatch, "AWS/ApiGateway", name, ApiId=api.id) for name in ("Count", "4xx", "5xx")]
    assert counted == [6, 1, 3]
    assert metrics.total(cloudwatch, "AWS/ApiGateway", "Count", ApiId=api.id, Stage="$default") == 6
    assert 300 <= (metrics.highest(cloudwatch, "AWS/ApiGateway", "IntegrationLatency", ApiId=api.id) or 0) < 3000


def test_a_db_instance_has_metrics(cloudwatch: Any, rds: Any, name: str, seconds: float) -> None:
    created = create(rds, name)
    where = {"DBInstanceIdentifier": name}
    try:
        busy = until("the load", lambda: metrics.highest(cloudwatch, "AWS/RDS", "CPUUtilization", **where), seconds)
        assert 0 < busy <= 100
        free = metrics.highest(cloudwatch, "AWS/RDS", "FreeStorageSpace", **where)
        assert free is not None
        assert 0 < free < created["AllocatedStorage"] * 1024**3
        listed = cloudwatch.list_metrics(
            Namespace="AWS/RDS", Dimensions=[{"Name": "DBInstanceIdentifier", "Value": name}]
        )
        names = {metric["MetricName"] for metric in listed["Metrics"]}
        assert names == {"CPUUtilization", "DatabaseConnections", "FreeStorageSpace", "FreeableMemory"}
    finally:
        delete(rds, name)


def test_a_cluster_has_the_lag_of_its_consumer_groups(
    aws: Callable[..., Any],
    cloudwatch: Any,
    lab: BalancerLab,
    unique: str,
    seconds: float,
    cleanup: Callable[..., None],
) -> None:
    kafka = aws("kafka")
    arn = kafka.create_cluster(
        ClusterName=unique,
        KafkaVersion="4.1.x.kraft",
        NumberOfBrokerNodes=2,
        BrokerNodeGroupInfo={"InstanceType": "kafka.t3.small", "ClientSubnets": lab.subnets},
        EncryptionInfo={"EncryptionInTransit": {"ClientBroker": "PLAINTEXT"}},
    )["ClusterArn"]
    cleanup(kafka.delete_cluster, ClusterArn=arn)
    until("ACTIVE", lambda: kafka.describe_cluster_v2(ClusterArn=arn)["ClusterInfo"]["State"] == "ACTIVE")
    kafka.create_topic(ClusterArn=arn, TopicName="orders", PartitionCount=1, ReplicationFactor=1)
    bootstrap = kafka.get_bootstrap_brokers(ClusterArn=arn)["BootstrapBrokerString"]
    asyncio.run(_fall_behind(bootstrap, unique, records=7, consumed=2))
    of_group = {"Cluster_Name": unique, "Consumer_Group": unique, "Topic": "orders"}
    lag = until("the lag", lambda: metrics.highest(cloudwatch, "AWS/Kafka", "MaxOffsetLag", **of_group), seconds)
    assert lag == 5
    assert metrics.highest(cloudwatch, "AWS/Kafka", "ActiveControllerCount", Cluster_Name=unique) == 1
    assert metrics.highest(cloudwatch, "AWS/Kafka", "GlobalTopicCount", Cluster_Name=unique) == 1
    of_broker = {"Cluster_Name": unique, "Broker_ID": "1"}
    assert metrics.highest(cloudwatch, "AWS/Kafka", "UnderReplicatedPartitions", **of_broker) == 0
    assert metrics.highest(cloudwatch, "AWS/Kafka", "KafkaDataLogsDiskUsed", **of_broker) is not None


async def _fall_behind(bootstrap: str, group: str, *, records: int, consumed: int) -> None:
    """Writes records, and commits as if a group had read some of them."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap) as producer:
        for number in range(records):
            await producer.send_and_wait("orders", str(number).encode())
    partition = TopicPartition("orders", 0)
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign([partition])
        await consumer.commit({partition: OffsetAndMetadata(consumed, "")})
    finally:
        await consumer.stop()


def test_a_load_balancer_counts_the_requests_of_its_targets(
    cloudwatch: Any, lab: BalancerLab, upstream: Upstream, seconds: float
) -> None:
    balancer = lab.balancer()
    group = lab.group(upstream)
    listener = lab.listener(balancer, forward(group))
    lab.healthy(group)
    http = lab.http(listener)
    for status in (200, 200, 503):
        assert http.get(f"/?status={status}").status_code == status
    where = {
        "LoadBalancer": balancer["LoadBalancerArn"].split("loadbalancer/")[1],
        "TargetGroup": group.rsplit(":", 1)[-1],
    }
    count = until(
        "the requests",
        lambda: metrics.total(cloudwatch, "AWS/ApplicationELB", "RequestCountPerTarget", **where),
        seconds,
    )
    assert count == 3
    assert metrics.total(cloudwatch, "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", **where) == 1
    assert metrics.highest(cloudwatch, "AWS/ApplicationELB", "HealthyHostCount", **where) == 1
    assert metrics.highest(cloudwatch, "AWS/ApplicationELB", "TargetResponseTime", **where) is not None


def test_what_cloudwatch_cannot_calculate_here_is_refused(cloudwatch: Any) -> None:
    query = {"Id": "e", "Expression": "m1 / m2"}
    refused(
        cloudwatch.get_metric_data,
        "ValidationError",
        "not supported",
        MetricDataQueries=[query],
        StartTime=0,
        EndTime=60,
    )
