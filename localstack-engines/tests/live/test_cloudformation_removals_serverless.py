"""A property that is removed from a template goes back to AWS's default: tables, rules, alarms and secrets."""

import pytest

from lab.removals import TAGS, Aws, Case, case_id, check_removal, ref, typed
from lab.stacks import Stack

STATISTICS = {
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 1,
    "MetricName": "m",
    "Namespace": "n",
    "Period": 60,
    "Statistic": "Sum",
    "Threshold": 1,
}

CASES = [
    Case(
        "AWS::DynamoDB::Table",
        {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
        {
            "AttributeDefinitions": [
                {"AttributeName": "id", "AttributeType": "S"},
                {"AttributeName": "owner", "AttributeType": "S"},
            ],
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "owner",
                    "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            "DeletionProtectionEnabled": True,
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "Tags": TAGS,
            "TimeToLiveSpecification": {"AttributeName": "expires", "Enabled": True},
        },
        lambda aws, name, out: [
            aws("dynamodb").describe_table(TableName=name)["Table"],
            aws("dynamodb").describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"],
            aws("dynamodb").describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"][
                "PointInTimeRecoveryDescription"
            ]["PointInTimeRecoveryStatus"],
        ],
    ),
    Case(
        "AWS::Events::Rule",
        {"EventPattern": {"source": ["a"]}},
        {
            "Description": "d",
            "State": "DISABLED",
            "Tags": TAGS,
            "Targets": [{"Id": "q", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}],
        },
        lambda aws, name, out: [
            aws("events").describe_rule(Name=out["Name"]),
            aws("events").list_targets_by_rule(Rule=out["Name"])["Targets"],
        ],
        {"Queue": typed("AWS::SQS::Queue")},
        {"Name": {"Fn::Select": [1, {"Fn::Split": ["/", {"Fn::GetAtt": ["X", "Arn"]}]}]}},
    ),
    Case(
        "AWS::CloudWatch::Alarm",
        STATISTICS,
        {"AlarmDescription": "d", "ActionsEnabled": False, "AlarmActions": [ref("Topic")], "Unit": "Count"},
        lambda aws, name, out: [
            {member: value for member, value in alarm.items() if "Timestamp" not in member and "Updated" not in member}
            for alarm in aws("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
        ],
        {"Topic": typed("AWS::SNS::Topic")},
    ),
    Case(
        "AWS::SecretsManager::Secret",
        {"SecretString": "a"},
        {"Description": "d", "Tags": TAGS},
        lambda aws, name, out: {
            member: value
            for member, value in aws("secretsmanager").describe_secret(SecretId=name).items()
            if member in ("Description", "Tags")
        },
    ),
]


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_a_removed_property_goes_back_to_the_default(aws: Aws, stack: Stack, unique: str, case: Case) -> None:
    check_removal(aws, stack, unique, case)
