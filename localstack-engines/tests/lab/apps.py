"""Whole applications of a template file: deployed by a change set, as the CDK and SAM do, called, and destroyed."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from botocore.exceptions import ClientError

from lab.localstack import ENDPOINT

TEMPLATES = Path(__file__).parents[1] / "live" / "templates"
CAPABILITIES = ["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]

Aws = Callable[..., Any]
DESCRIBE: Mapping[str, Callable[[Aws, str], Any]] = {
    "AWS::ApiGateway::RestApi": lambda aws, name: aws("apigateway").get_rest_api(restApiId=name),
    "AWS::ApiGatewayV2::Api": lambda aws, name: aws("apigatewayv2").get_api(ApiId=name),
    "AWS::DynamoDB::Table": lambda aws, name: aws("dynamodb").describe_table(TableName=name),
    "AWS::EC2::VPC": lambda aws, name: aws("ec2").describe_vpcs(VpcIds=[name]),
    "AWS::ECS::Cluster": lambda aws, name: _active_cluster(aws, name),
    "AWS::IAM::Role": lambda aws, name: aws("iam").get_role(RoleName=name),
    "AWS::Lambda::Function": lambda aws, name: aws("lambda").get_function(FunctionName=name),
    "AWS::Logs::LogGroup": lambda aws, name: _log_group(aws, name),
    "AWS::MSK::Cluster": lambda aws, name: aws("kafka").describe_cluster(ClusterArn=name),
    "AWS::RDS::DBInstance": lambda aws, name: aws("rds").describe_db_instances(DBInstanceIdentifier=name),
    "AWS::S3::Bucket": lambda aws, name: aws("s3").head_bucket(Bucket=name),
    "AWS::SNS::Topic": lambda aws, name: aws("sns").get_topic_attributes(TopicArn=name),
    "AWS::SQS::Queue": lambda aws, name: aws("sqs").get_queue_attributes(QueueUrl=name),
    "AWS::StepFunctions::StateMachine": lambda aws, name: aws("stepfunctions").describe_state_machine(
        stateMachineArn=name
    ),
}
"""What describes a resource of a type. It is false, or raises an error, when the resource does not exist."""


class App:
    """A stack made from `templates/<template>`."""

    def __init__(self, aws: Aws, name: str, template: str) -> None:
        self.aws, self.name, self.deployments = aws, name, 0
        self.cloudformation = aws("cloudformation")
        self.body = (TEMPLATES / template).read_text()

    def edit(self, old: str, new: str) -> None:
        """Changes a text of the template that is there once."""
        assert self.body.count(old) == 1
        self.body = self.body.replace(old, new)

    def deploy(self, **parameters: str) -> dict[str, str]:
        """Creates the stack, or updates it with other parameters. Returns its outputs."""
        exists = any(stack["StackName"] == self.name for stack in self.cloudformation.describe_stacks()["Stacks"])
        self.deployments += 1
        change = {"StackName": self.name, "ChangeSetName": f"c{self.deployments}"}
        self.cloudformation.create_change_set(
            **change,
            ChangeSetType="UPDATE" if exists else "CREATE",
            TemplateBody=self.body,
            Capabilities=CAPABILITIES,
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )
        waiters = self.cloudformation.get_waiter
        waiters("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
        self.cloudformation.execute_change_set(**change)
        waiter = waiters(f"stack_{'update' if exists else 'create'}_complete")
        try:
            waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 240})
        except Exception as error:
            raise AssertionError(self._failures()) from error
        return self.outputs()

    def outputs(self) -> dict[str, str]:
        (stack,) = self.cloudformation.describe_stacks(StackName=self.name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def physical_ids(self, resource_type: str) -> list[str]:
        """Returns the ids of the stack's resources of a type."""
        return [item["PhysicalResourceId"] for item in self._resources() if item["ResourceType"] == resource_type]

    def destroy(self) -> None:
        """Deletes the stack. Fails when one of its resources still exists afterwards."""
        resources = self._resources()
        self.delete()
        left = [item["PhysicalResourceId"] for item in resources if self._exists(item)]
        assert left == []

    def delete(self) -> None:
        self.cloudformation.delete_stack(StackName=self.name)
        waiter = self.cloudformation.get_waiter("stack_delete_complete")
        waiter.wait(StackName=self.name, WaiterConfig={"Delay": 1, "MaxAttempts": 180})

    def _resources(self) -> list[dict[str, Any]]:
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=self.name)
        return [item for page in pages for item in page["StackResourceSummaries"]]

    def _exists(self, resource: dict[str, Any]) -> bool:
        describe = DESCRIBE.get(resource["ResourceType"])
        try:
            return bool(describe and describe(self.aws, resource["PhysicalResourceId"]))
        except ClientError:
            return False

    def _failures(self) -> str:
        events = self.cloudformation.describe_stack_events(StackName=self.name)["StackEvents"]
        failed = [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in reversed(events)
            if event["ResourceStatus"].endswith("_FAILED")
        ]
        return "\n".join(failed)


Make = Callable[[str], App]
"""Makes an application of a template file, which is deleted after the test: the fixture `app`."""


def call(method: str, url: str, **options: Any) -> httpx.Response:
    """Calls a URL that a stack has as an output. The host's name goes into the header, so it need not resolve."""
    parts = urlsplit(url)
    headers = {"host": parts.netloc, **options.pop("headers", {})}
    return httpx.request(method, f"{ENDPOINT}{parts.path}", headers=headers, timeout=60, **options)


def items(aws: Aws, table: str) -> dict[str, str]:
    """Returns the texts in a table of `id` and `value`, by id."""
    found = aws("dynamodb").scan(TableName=table)["Items"]
    return {item["id"]["S"]: item["value"]["S"] for item in found}


def body(response: httpx.Response) -> Any:
    """Returns the JSON of a successful answer. Fails with the answer's text."""
    assert response.is_success, response.text
    return json.loads(response.text)


def _active_cluster(aws: Aws, name: str) -> bool:
    clusters = aws("ecs").describe_clusters(clusters=[name])["clusters"]
    return any(cluster["status"] == "ACTIVE" for cluster in clusters)


def _log_group(aws: Aws, name: str) -> bool:
    groups = aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return any(group["logGroupName"] == name for group in groups)
