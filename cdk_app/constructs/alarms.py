"""Alarms: what wakes somebody up."""

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

from cdk_app.config import StageConfig

FIVE_MINUTES = Duration.minutes(5)
GIBIBYTE = 1024**3


class AlarmTopic(Construct):
    """Where alarms go; people subscribe to it outside of this app."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str, key: kms.IKey | None) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", topic_name=name, master_key=key, enforce_ssl=True)
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
            )
        )


def alarm(
    scope: Construct,
    construct_id: str,
    *,
    topic: sns.ITopic,
    metric: cloudwatch.IMetric,
    threshold: float,
    comparison: cloudwatch.ComparisonOperator = cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
) -> None:
    """Tell `topic` when three periods in a row were beyond `threshold`, and when it is over."""
    made = cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=threshold,
        comparison_operator=comparison,
        evaluation_periods=3,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    action = actions.SnsAction(topic)
    made.add_alarm_action(action)
    made.add_ok_action(action)


def watch_database(scope: Construct, *, instance: rds.DatabaseInstance, config: StageConfig, topic: sns.ITopic) -> None:
    """Processor busy, disk almost full."""
    alarm(scope, "Cpu", topic=topic, metric=instance.metric_cpu_utilization(period=FIVE_MINUTES), threshold=80)
    alarm(
        scope,
        "Storage",
        topic=topic,
        metric=instance.metric_free_storage_space(period=FIVE_MINUTES),
        threshold=config.database.storage_gib * GIBIBYTE / 10,
        comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    )


def watch_service(scope: Construct, *, service: ecs.FargateService, topic: sns.ITopic) -> None:
    """Tasks busy or short of memory, beyond what scaling out mends."""
    alarm(scope, "Cpu", topic=topic, metric=service.metric_cpu_utilization(period=FIVE_MINUTES), threshold=85)
    alarm(scope, "Memory", topic=topic, metric=service.metric_memory_utilization(period=FIVE_MINUTES), threshold=85)


def watch_api(scope: Construct, *, api_id: str, topic: sns.ITopic) -> None:
    """Answers that were our fault, and slow ones."""
    for construct_id, name, statistic, threshold in (
        ("ServerErrors", "5xx", "Sum", 10),
        ("Latency", "Latency", "p99", 1_000),
    ):
        metric = cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiId": api_id},
            statistic=statistic,
            period=FIVE_MINUTES,
        )
        alarm(scope, construct_id, topic=topic, metric=metric, threshold=threshold)
