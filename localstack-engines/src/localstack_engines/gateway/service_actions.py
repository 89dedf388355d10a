"""The actions of AWS services that an HTTP API can call itself, by their integration subtypes.

Source:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services-reference.html
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ServiceAction:
    """`service` is botocore's name. Each parameter of the integration is a member of the operation's request.

    Where the request is a list of entries, `entries` is its member, and the parameters are those of one entry.
    """

    service: str
    operation: str
    required: frozenset[str]
    optional: frozenset[str]
    entries: str | None = None


def _action(service: str, operation: str, required: str, optional: str, entries: str | None = None) -> ServiceAction:
    return ServiceAction(
        service, operation, frozenset(required.split()), frozenset(["Region", *optional.split()]), entries
    )


_SEND = "DelaySeconds MessageAttributes MessageDeduplicationId MessageGroupId MessageSystemAttributes"
_RECEIVE = (
    "AttributeNames MaxNumberOfMessages MessageAttributeNames ReceiveRequestAttemptId VisibilityTimeout WaitTimeSeconds"
)

ACTIONS: Mapping[str, ServiceAction] = {
    "EventBridge-PutEvents": _action(
        "events", "PutEvents", "Detail DetailType Source", "EventBusName Resources Time TraceHeader", "Entries"
    ),
    "Kinesis-PutRecord": _action(
        "kinesis", "PutRecord", "Data PartitionKey StreamName", "ExplicitHashKey SequenceNumberForOrdering"
    ),
    "SQS-DeleteMessage": _action("sqs", "DeleteMessage", "QueueUrl ReceiptHandle", ""),
    "SQS-PurgeQueue": _action("sqs", "PurgeQueue", "QueueUrl", ""),
    "SQS-ReceiveMessage": _action("sqs", "ReceiveMessage", "QueueUrl", _RECEIVE),
    "SQS-SendMessage": _action("sqs", "SendMessage", "MessageBody QueueUrl", _SEND),
    "StepFunctions-StartExecution": _action("stepfunctions", "StartExecution", "StateMachineArn", "Input Name"),
    "StepFunctions-StartSyncExecution": _action(
        "stepfunctions", "StartSyncExecution", "StateMachineArn", "Input Name TraceHeader"
    ),
    "StepFunctions-StopExecution": _action("stepfunctions", "StopExecution", "ExecutionArn", "Cause Error"),
}
