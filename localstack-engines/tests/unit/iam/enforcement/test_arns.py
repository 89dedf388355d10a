"""The action and the ARNs of requests."""

import re

import botocore.session
import pytest

from localstack_engines.iam.enforcement.actions import action
from localstack_engines.iam.enforcement.arns import RULES, Scope, account_of, transaction
from localstack_engines.iam.enforcement.mode import mode

SCOPE = Scope("000000000000", "eu-central-1")
HERE = "eu-central-1:000000000000"
OTHER_FUNCTION = "arn:aws:lambda:eu-central-1:111111111111:function:f"


@pytest.mark.parametrize(
    ("service", "operation", "members", "names"),
    [
        ("s3", "GetObject", {"Bucket": "b", "Key": "a/b"}, [("arn:aws:s3:::b/a/b",)]),
        ("s3", "ListObjectsV2", {"Bucket": "b"}, [("arn:aws:s3:::b",)]),
        ("s3", "ListBuckets", {}, [("*",)]),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://h:1/111111111111/q"},
            [("arn:aws:sqs:eu-central-1:111111111111:q",)],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://h/111111111111/q/"},
            [("arn:aws:sqs:eu-central-1:111111111111:q",)],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://sqs.us-west-2.localhost:4566/000000000000/q"},
            [("arn:aws:sqs:us-west-2:000000000000:q",)],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://us-west-2.queue.localhost:4566/000000000000/q"},
            [("arn:aws:sqs:us-west-2:000000000000:q",)],
        ),
        (
            "sqs",
            "SendMessage",
            {"QueueUrl": "http://localhost:4566/queue/us-west-2/000000000000/q"},
            [("arn:aws:sqs:us-west-2:000000000000:q",)],
        ),
        ("sqs", "SendMessage", {"QueueUrl": "q"}, [(f"arn:aws:sqs:{HERE}:q",)]),
        ("sqs", "StartMessageMoveTask", {"SourceArn": "arn:q"}, [("arn:q",)]),
        ("sqs", "ListQueues", {}, [("*",)]),
        ("sqs", "GetQueueUrl", {"QueueName": "q"}, [(f"arn:aws:sqs:{HERE}:q",)]),
        ("sns", "Publish", {"PhoneNumber": "+49"}, [("*",)]),
        ("sns", "Publish", {"TopicArn": "arn:t"}, [("arn:t",)]),
        ("sns", "Unsubscribe", {"SubscriptionArn": f"arn:aws:sns:{HERE}:t:1"}, [(f"arn:aws:sns:{HERE}:t",)]),
        (
            "logs",
            "PutLogEvents",
            {"logGroupName": "/g", "logStreamName": "s"},
            [(f"arn:aws:logs:{HERE}:log-group:/g:log-stream:s",)],
        ),
        (
            "logs",
            "DescribeLogStreams",
            {"logGroupName": "/g"},
            [(f"arn:aws:logs:{HERE}:log-group:/g:log-stream:", f"arn:aws:logs:{HERE}:log-group:/g")],
        ),
        ("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}, [(f"arn:aws:dynamodb:{HERE}:table/t/index/i",)]),
        (
            "dynamodb",
            "BatchGetItem",
            {"RequestItems": {"t": {}, "u": {}}},
            [(f"arn:aws:dynamodb:{HERE}:table/t",), (f"arn:aws:dynamodb:{HERE}:table/u",)],
        ),
        ("dynamodb", "DescribeBackup", {"BackupArn": "arn:b"}, [("arn:b",)]),
        ("dynamodb", "ListTables", {}, [("*",)]),
        (
            "dynamodb",
            "TransactGetItems",
            {"TransactItems": [{"Get": {"TableName": "t"}}]},
            [(f"arn:aws:dynamodb:{HERE}:table/t",)],
        ),
        (
            "ses",
            "SendEmail",
            {"Source": "PMS <no-reply@pms.example>"},
            [(f"arn:aws:ses:{HERE}:identity/pms.example", f"arn:aws:ses:{HERE}:identity/no-reply@pms.example")],
        ),
        (
            "ssm",
            "GetParameters",
            {"Names": ["/a/b", "c"]},
            [(f"arn:aws:ssm:{HERE}:parameter/a/b",), (f"arn:aws:ssm:{HERE}:parameter/c",)],
        ),
        ("ssm", "GetParameter", {"Name": "/a/b:3"}, [(f"arn:aws:ssm:{HERE}:parameter/a/b",)]),
        (
            "ssm",
            "GetParameter",
            {"Name": f"arn:aws:ssm:{HERE}:parameter/a:label"},
            [(f"arn:aws:ssm:{HERE}:parameter/a",)],
        ),
        (
            "logs",
            "StartQuery",
            {"logGroupNames": ["/g", "/h"]},
            [
                (f"arn:aws:logs:{HERE}:log-group:{name}:log-stream:", f"arn:aws:logs:{HERE}:log-group:{name}")
                for name in ("/g", "/h")
            ],
        ),
        ("logs", "DescribeLogGroups", {}, [(f"arn:aws:logs:{HERE}:log-group::log-stream:",)]),
        ("ssm", "SendCommand", {}, [(None,)]),
        (
            "events",
            "PutEvents",
            {"Entries": [{}, {"EventBusName": "b"}]},
            [(f"arn:aws:events:{HERE}:event-bus/b",), (f"arn:aws:events:{HERE}:event-bus/default",)],
        ),
        ("kafka", "GetBootstrapBrokers", {"ClusterArn": "arn:c"}, [("arn:c",)]),
        ("ecr", "GetAuthorizationToken", {}, [("*",)]),
        ("rds", "StopDBInstance", {"DBInstanceIdentifier": "D"}, [(f"arn:aws:rds:{HERE}:db:d",)]),
        ("rds", "DescribeDBInstances", {}, [(f"arn:aws:rds:{HERE}:db:*",)]),
        ("rds", "DescribeEvents", {}, [("*",)]),
        ("servicediscovery", "GetNamespace", {"Id": "ns-1"}, [(f"arn:aws:servicediscovery:{HERE}:namespace/ns-1",)]),
        ("servicediscovery", "DiscoverInstances", {"NamespaceName": "n"}, [("*",)]),
        ("lambda", "Invoke", {"FunctionName": "f"}, [(f"arn:aws:lambda:{HERE}:function:f",)]),
        ("lambda", "Invoke", {"FunctionName": "111111111111:function:f"}, [(OTHER_FUNCTION,)]),
        ("lambda", "Invoke", {"FunctionName": f"{OTHER_FUNCTION}:live"}, [(f"{OTHER_FUNCTION}:live",)]),
        (
            "lambda",
            "Invoke",
            {"FunctionName": OTHER_FUNCTION, "Qualifier": "$LATEST"},
            [(f"{OTHER_FUNCTION}:$LATEST",)],
        ),
        ("lambda", "GetFunction", {"FunctionName": f"{OTHER_FUNCTION}:1"}, [(OTHER_FUNCTION, f"{OTHER_FUNCTION}:1")]),
        ("lambda", "ListFunctions", {}, [("*",)]),
    ],
)
def test_resources(service, operation, members, names):
    assert list(RULES[service](SCOPE, operation, members)) == names


def test_each_item_of_a_transaction_needs_its_own_action():
    items = [{"Put": {"TableName": "t"}}, {"ConditionCheck": {"TableName": "u"}}]
    assert list(transaction(SCOPE, {"TransactItems": items})) == [
        ("dynamodb:PutItem", (f"arn:aws:dynamodb:{HERE}:table/t",)),
        ("dynamodb:ConditionCheckItem", (f"arn:aws:dynamodb:{HERE}:table/u",)),
    ]


@pytest.mark.parametrize(
    ("service", "operation", "version", "expected"),
    [
        ("kms", "Sign", False, "kms:Sign"),
        ("s3", "ListObjectsV2", False, "s3:ListBucket"),
        ("s3", "HeadObject", True, "s3:GetObjectVersion"),
        ("lambda", "Invoke", False, "lambda:InvokeFunction"),
        ("stepfunctions", "StartExecution", False, "states:StartExecution"),
        ("apigatewaymanagementapi", "PostToConnection", False, "execute-api:ManageConnections"),
        ("sqs", "SendMessageBatch", False, "sqs:SendMessage"),
        ("s3", "SelectObjectContent", False, "s3:GetObject"),
        ("s3", "GetObjectAcl", True, "s3:GetObjectVersionAcl"),
        ("lambda", "InvokeWithResponseStream", False, "lambda:InvokeFunction"),
        ("apigatewayv2", "CreateApi", False, "apigateway:POST"),
    ],
)
def test_actions(service, operation, version, expected):
    assert action(service, operation, method="POST", version=version) == expected


def test_the_actions_of_s3_exist():
    """AWS has no action with the name of an operation on a bucket's configurations."""
    model = botocore.session.get_session().get_service_model("s3")
    configurations = [name for name in model.operation_names if re.search("Bucket(Analytics|Inventory|Metrics)", name)]
    assert configurations
    for operation in configurations:
        kind = re.sub("^(Delete|Get|List|Put)Bucket|s$", "", operation)
        verb = "Put" if operation.startswith(("Delete", "Put")) else "Get"
        assert action("s3", operation) == f"s3:{verb}{kind}"


def test_the_mode_is_one_of_three(monkeypatch):
    monkeypatch.delenv("ENGINES_IAM", raising=False)
    assert mode() == "off"
    monkeypatch.setenv("ENGINES_IAM", "warn")
    assert mode() == "warn"
    monkeypatch.setenv("ENGINES_IAM", "on")
    with pytest.raises(ValueError, match="off, warn, enforce"):
        mode()


@pytest.mark.parametrize(
    ("name", "account"),
    [
        ("arn:aws:sqs:us-east-1:111122223333:queue", "111122223333"),
        ("arn:aws:s3:::bucket/key", None),
        ("*", None),
        (None, None),
    ],
)
def test_the_account_of_a_resource_is_that_of_its_arn(name: str | None, account: str | None) -> None:
    assert account_of(name) == account
