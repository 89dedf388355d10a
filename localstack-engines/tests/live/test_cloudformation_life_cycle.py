"""CloudFormation: deletions and cancellations while something is in progress, and repeated requests."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.stacks import Stack
from lab.waiting import until

Json = dict[str, Any]
LENGTH = 240
CHAINS = 6
"""A creation takes seconds when its resources wait for one another."""


def parameter(name: str, value: Any, **attributes: Any) -> Json:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


def chains(prefix: str, value: str, length: int = LENGTH) -> Json:
    """Returns parameters of which most are created after another one."""
    first = {f"P{number}": parameter(f"{prefix}-{number}", value) for number in range(CHAINS)}
    return first | {
        f"P{number}": parameter(f"{prefix}-{number}", value, DependsOn=f"P{number - CHAINS}")
        for number in range(CHAINS, length)
    }


def template(resources: Json) -> str:
    return json.dumps({"Resources": resources})


@pytest.fixture
def names_of(aws: Callable[..., Any]) -> Callable[[str], list[str]]:
    """Returns the names of the parameters that begin with a prefix."""
    pages = aws("ssm").get_paginator("describe_parameters")

    def names_of(prefix: str) -> list[str]:
        filters = [{"Key": "Name", "Option": "BeginsWith", "Values": [prefix]}]
        return [item["Name"] for page in pages.paginate(ParameterFilters=filters) for item in page["Parameters"]]

    return names_of


def begun(names_of: Callable[[str], list[str]], unique: str) -> None:
    """Waits until a creation has made parameters."""
    # moto may fail to list the parameters while one is created.
    until("the creation to begin", lambda: names_of(f"{unique}-{CHAINS}"), despite=(ClientError,))


def test_a_deletion_ends_a_creation_and_leaves_nothing(
    aws: Callable[..., Any], stack: Stack, unique: str, names_of: Callable[[str], list[str]]
) -> None:
    client = aws("cloudformation")
    stack_id = client.create_stack(StackName=unique, TemplateBody=template(chains(unique, "1")))["StackId"]
    begun(names_of, unique)
    client.delete_stack(StackName=unique)
    assert client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_IN_PROGRESS"
    client.delete_stack(StackName=unique)
    client.get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert names_of(unique) == []
    events = client.get_paginator("describe_stack_events").paginate(StackName=stack_id)
    statuses = [event["ResourceStatus"] for page in events for event in page["StackEvents"]]
    assert "ROLLBACK_IN_PROGRESS" not in statuses
    assert statuses.count("CREATE_COMPLETE") < LENGTH


def test_a_deletion_during_creation_spares_resources_that_the_stack_did_not_create(
    aws: Callable[..., Any],
    stack: Stack,
    unique: str,
    names_of: Callable[[str], list[str]],
    cleanup: Callable[..., None],
) -> None:
    client, ssm = aws("cloudformation"), aws("ssm")
    foreign = f"{unique}-{LENGTH - 1}"
    ssm.put_parameter(Name=foreign, Value="foreign", Type="String")
    cleanup(ssm.delete_parameter, Name=foreign)
    stack_id = client.create_stack(StackName=unique, TemplateBody=template(chains(unique, "1")))["StackId"]
    begun(names_of, unique)
    client.delete_stack(StackName=unique)
    client.get_waiter("stack_delete_complete").wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert names_of(unique) == [foreign]


def test_an_update_can_be_cancelled_but_the_stack_not_deleted_meanwhile(
    aws: Callable[..., Any], stack: Stack, unique: str
) -> None:
    client, ssm = aws("cloudformation"), aws("ssm")
    stack.deploy(chains(unique, "1", length=CHAINS))
    client.update_stack(StackName=unique, TemplateBody=template(chains(unique, "2")))
    with pytest.raises(ClientError, match="cannot be deleted while in status UPDATE_IN_PROGRESS"):
        client.delete_stack(StackName=unique)
    with pytest.raises(ClientError, match="is in UPDATE_IN_PROGRESS state and can not be updated"):
        client.update_stack(StackName=unique, TemplateBody=template(chains(unique, "3")))
    client.cancel_update_stack(StackName=unique)
    until("the rollback", lambda: stack.status() == "UPDATE_ROLLBACK_COMPLETE")
    assert ssm.get_parameter(Name=f"{unique}-0")["Parameter"]["Value"] == "1"
    with pytest.raises(ClientError, match="cannot be called from current stack status"):
        client.cancel_update_stack(StackName=unique)


def test_a_protected_stack_is_not_deleted(aws: Callable[..., Any], stack: Stack, unique: str) -> None:
    client = aws("cloudformation")
    body = template({"P": parameter(unique, "1")})
    client.create_stack(StackName=unique, TemplateBody=body, EnableTerminationProtection=True)
    client.get_waiter("stack_create_complete").wait(StackName=unique, WaiterConfig={"Delay": 1})
    with pytest.raises(ClientError, match="cannot be deleted while TerminationProtection is enabled"):
        client.delete_stack(StackName=unique)
    client.update_termination_protection(StackName=unique, EnableTerminationProtection=False)
    stack.delete()


def test_a_resource_that_cannot_be_deleted_can_be_retained(
    aws: Callable[..., Any], stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    client, s3 = aws("cloudformation"), aws("s3")
    stack.deploy({"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": unique}}})
    cleanup(s3.delete_bucket, Bucket=unique)
    cleanup(s3.delete_object, Bucket=unique, Key="k")
    s3.put_object(Bucket=unique, Key="k", Body=b"x")
    with pytest.raises(ClientError, match="only when the current stack status is DELETE_FAILED"):
        client.delete_stack(StackName=unique, RetainResources=["Bucket"])
    with pytest.raises(Exception, match="DELETE_FAILED"):
        stack.delete()
    client.delete_stack(StackName=unique, RetainResources=["Bucket"])
    client.get_waiter("stack_delete_complete").wait(StackName=unique, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    assert s3.head_bucket(Bucket=unique)


def test_a_repeated_creation_with_the_same_token_returns_the_same_stack(
    aws: Callable[..., Any], stack: Stack, unique: str
) -> None:
    client = aws("cloudformation")
    request = {"StackName": unique, "TemplateBody": template({"P": parameter(unique, "1")})}
    first = client.create_stack(**request, ClientRequestToken="one")
    assert client.create_stack(**request, ClientRequestToken="one")["StackId"] == first["StackId"]
    with pytest.raises(client.exceptions.AlreadyExistsException):
        client.create_stack(**request, ClientRequestToken="two")
    client.get_waiter("stack_create_complete").wait(StackName=unique, WaiterConfig={"Delay": 1})


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("describe_stacks", {}),
        ("describe_stack_events", {}),
        ("describe_stack_resources", {}),
        ("describe_stack_resource", {"LogicalResourceId": "X"}),
        ("list_stack_resources", {}),
        ("get_template", {}),
        ("get_template_summary", {}),
        ("list_change_sets", {}),
    ],
)
@pytest.mark.parametrize(
    "name",
    ["no-such-stack", "arn:aws:cloudformation:us-east-1:000000000000:stack/none/0a1b2c3d-0000-0000-0000-000000000000"],
)
def test_a_stack_that_does_not_exist_is_no_server_error(
    aws: Callable[..., Any], operation: str, arguments: Json, name: str
) -> None:
    with pytest.raises(ClientError, match="does not exist") as refused:
        getattr(aws("cloudformation"), operation)(StackName=name, **arguments)
    assert refused.value.response["Error"]["Code"] == "ValidationError"


def test_the_resources_of_a_stack_are_found_by_a_physical_id(
    aws: Callable[..., Any], stack: Stack, unique: str
) -> None:
    client = aws("cloudformation")
    stack.deploy({"P": parameter(unique, "1")})
    found = client.describe_stack_resources(PhysicalResourceId=unique)["StackResources"]
    assert [(item["StackName"], item["LogicalResourceId"]) for item in found] == [(unique, "P")]
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stack_resources(PhysicalResourceId=f"{unique}-none")


def test_a_deleted_stack_is_described_by_its_id_only(aws: Callable[..., Any], stack: Stack, unique: str) -> None:
    client = aws("cloudformation")
    stack.deploy({"P": parameter(unique, "1")})
    stack_id = client.describe_stacks(StackName=unique)["Stacks"][0]["StackId"]
    stack.delete()
    assert unique not in [described["StackName"] for described in client.describe_stacks()["Stacks"]]
    assert client.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"] == "DELETE_COMPLETE"
    summaries = client.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
    assert stack_id in [summary["StackId"] for page in summaries for summary in page["StackSummaries"]]
