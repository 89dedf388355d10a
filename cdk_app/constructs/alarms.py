"""CloudWatch alarms, and the topic that they notify."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_sns as sns
from constructs import Construct

PERIOD = Duration.minutes(5)
GIBIBYTE = 1024**3


class AlarmTopic(Construct):
    """The SNS topic that alarms notify. Subscriptions are made outside of this app."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, encryption_key: kms.IKey | None) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=encryption_key, enforce_ssl=True)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )


def add_database_alarms(
    scope: Construct, *, instance: rds.DatabaseInstance, storage_gib: int, topic: sns.ITopic
) -> None:
    """Adds alarms for a busy processor (80 %) and for little free storage (a tenth of `storage_gib`)."""
    _add_alarm(scope, "Cpu", topic=topic, metric=instance.metric_cpu_utilization(period=PERIOD), threshold=80)
    _add_alarm(
        scope,
        "Storage",
        topic=topic,
        metric=instance.metric_free_storage_space(period=PERIOD),
        threshold=storage_gib * GIBIBYTE / 10,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    )


def add_service_alarms(scope: Construct, *, service: ecs.FargateService, topic: sns.ITopic) -> None:
    """Adds alarms for tasks that stay short of processor or memory (85 %) although the service scales out."""
    _add_alarm(scope, "Cpu", topic=topic, metric=service.metric_cpu_utilization(period=PERIOD), threshold=85)
    _add_alarm(scope, "Memory", topic=topic, metric=service.metric_memory_utilization(period=PERIOD), threshold=85)


def add_api_alarms(scope: Construct, *, api_id: str, topic: sns.ITopic) -> None:
    """Adds alarms for server errors (more than 10 in a period) and for latency (p99 above 1,000 ms)."""
    for construct_id, name, statistic, threshold in (
        ("ServerErrors", "5xx", "Sum", 10),
        ("Latency", "Latency", "p99", 1_000),
    ):
        metric = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiId": api_id},
            statistic=statistic,
            period=PERIOD,
        )
        _add_alarm(scope, construct_id, topic=topic, metric=metric, threshold=threshold)


def _add_alarm(
    scope: Construct,
    construct_id: str,
    *,
    topic: sns.ITopic,
    metric: cloudwatch.IMetric,
    threshold: float,
    comparison: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
) -> None:
    """Notifies `topic` when `metric` has crossed `threshold` in three consecutive periods, and when it is back."""
    alarm = cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    action = actions.SnsAction(topic)
    alarm.add_alarm_action(action)
    alarm.add_ok_action(action)
