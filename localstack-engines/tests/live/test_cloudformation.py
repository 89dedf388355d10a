"""CloudFormation: failures are reported, and a failed deployment is rolled back."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.stacks import DeployFailed, Stack

PARAMETER = "AWS::SSM::Parameter"
BROKEN = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}


def parameter(name: str, value: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": PARAMETER, "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


@pytest.fixture
def value_of(aws: Callable[..., Any]) -> Callable[[str], str | None]:
    """Returns the value of an SSM parameter, or None when there is none."""
    ssm = aws("ssm")

    def value_of(name: str) -> str | None:
        try:
            return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return None

    return value_of


@pytest.mark.parametrize("kind", ["AWS::Nobody::Implements", "AWS::AppStream::Fleet"])
def test_an_unknown_type_is_refused_by_name(aws: Callable[..., Any], stack: Stack, unique: str, kind: str) -> None:
    resources = {"Good": parameter(unique, "1"), "Bad": {"Type": kind, "Properties": {}}}
    with pytest.raises(ClientError, match=rf"Unrecognized resource types: \[{kind}\]"):
        stack.deploy(resources)
    with pytest.raises(ClientError, match="does not exist"):
        aws("cloudformation").describe_stacks(StackName=unique)


def test_an_update_with_an_unknown_type_does_not_change_the_stack(
    stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    stack.deploy({"One": parameter(unique, "1")})
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        stack.deploy({"One": parameter(unique, "2"), "Bad": {"Type": "AWS::Nobody::Implements"}})
    assert stack.status() == "CREATE_COMPLETE"
    assert value_of(unique) == "1"


def test_a_failed_creation_removes_what_it_made_and_names_the_cause(
    stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"Good": parameter(unique, "1"), "Broken": {**BROKEN, "DependsOn": "Good"}})
    assert failure.value.status == "ROLLBACK_COMPLETE"
    assert any(line.startswith("Broken: ") and "vpc-0123456789abcdef0" in line for line in failure.value.failures)
    assert value_of(unique) is None


def test_a_retained_resource_survives_the_rollback(
    aws: Callable[..., Any],
    stack: Stack,
    unique: str,
    value_of: Callable[[str], str | None],
    cleanup: Callable[..., None],
) -> None:
    cleanup(aws("ssm").delete_parameter, Name=unique)
    kept = parameter(unique, "1", DeletionPolicy="Retain")
    with pytest.raises(DeployFailed):
        stack.deploy({"Kept": kept, "Broken": {**BROKEN, "DependsOn": "Kept"}})
    assert value_of(unique) == "1"


def test_a_failed_update_restores_the_old_state_and_the_next_one_succeeds(
    stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    first, second = f"{unique}-1", f"{unique}-2"
    stack.deploy({"First": parameter(first, "old")})
    with pytest.raises(DeployFailed) as failure:
        stack.deploy(
            {
                "First": parameter(first, "new"),
                "Second": parameter(second, "1", DependsOn="First"),
                "Broken": {**BROKEN, "DependsOn": "Second"},
            }
        )
    assert failure.value.status == "UPDATE_ROLLBACK_COMPLETE"
    assert (value_of(first), value_of(second)) == ("old", None)
    stack.deploy({"First": parameter(first, "newer"), "Second": parameter(second, "2")})
    assert (value_of(first), value_of(second)) == ("newer", "2")


def test_a_resource_that_an_update_drops_is_only_deleted_when_the_update_succeeds(
    stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    names = [f"{unique}-{index}" for index in range(2)]
    stack.deploy({f"P{index}": parameter(name, "1") for index, name in enumerate(names)})
    with pytest.raises(DeployFailed):
        stack.deploy({"P0": parameter(names[0], "1"), "Broken": BROKEN})
    assert [value_of(name) for name in names] == ["1", "1"]
    stack.deploy({"P0": parameter(names[0], "2")})
    assert [value_of(name) for name in names] == ["2", None]


def test_a_failed_deletion_is_reported_and_can_be_repeated(
    aws: Callable[..., Any], stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    ec2 = aws("ec2")
    network = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.199.0.0/16"}}
    stack.deploy({"Network": network, "Parameter": parameter(unique, "1")})
    vpc = stack.physical_id("Network")
    foreign = ec2.create_subnet(VpcId=vpc, CidrBlock="10.199.1.0/24")["Subnet"]["SubnetId"]
    with pytest.raises(Exception, match="DELETE_FAILED"):
        stack.delete()
    assert stack.status() == "DELETE_FAILED"
    assert any("Network" in line for line in stack.failures())
    assert value_of(unique) is None
    ec2.delete_subnet(SubnetId=foreign)
    stack.delete()
    assert vpc not in [item["VpcId"] for item in ec2.describe_vpcs()["Vpcs"]]


def test_change_sets_as_the_cdk_uses_them_roll_back_too(
    aws: Callable[..., Any], stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    client = aws("cloudformation")
    stack.deploy({"First": parameter(unique, "old")})
    template = {"Resources": {"First": parameter(unique, "new"), "Broken": {**BROKEN, "DependsOn": "First"}}}
    client.create_change_set(
        StackName=unique, ChangeSetName="next", ChangeSetType="UPDATE", TemplateBody=json.dumps(template)
    )
    client.get_waiter("change_set_create_complete").wait(StackName=unique, ChangeSetName="next")
    client.execute_change_set(StackName=unique, ChangeSetName="next")
    with pytest.raises(Exception, match="UPDATE_ROLLBACK_COMPLETE"):
        client.get_waiter("stack_update_complete").wait(StackName=unique, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    assert value_of(unique) == "old"
    assert json.loads(json.dumps(client.get_template(StackName=unique)["TemplateBody"]))["Resources"].keys() == {
        "First"
    }


def function(name: str, answer: str, runtime: str = "python3.13") -> dict[str, Any]:
    properties = {
        "FunctionName": name,
        "Runtime": runtime,
        "Handler": "index.handler",
        "Role": "arn:aws:iam::000000000000:role/test",
        "Code": {"ZipFile": f"def handler(event, context): return {answer!r}"},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def test_independent_resources_are_created_concurrently(aws: Callable[..., Any], stack: Stack, unique: str) -> None:
    stack.deploy({f"F{index}": function(f"{unique}-{index}", "hello") for index in range(3)})
    events = aws("cloudformation").describe_stack_events(StackName=unique)["StackEvents"]
    of_functions = [event for event in reversed(events) if event["LogicalResourceId"].startswith("F")]
    assert [event["ResourceStatus"] for event in of_functions[:3]] == ["CREATE_IN_PROGRESS"] * 3
    assert [event["ResourceStatus"] for event in of_functions[3:]] == ["CREATE_COMPLETE"] * 3


def test_a_resource_waits_for_what_it_refers_to(stack: Stack, unique: str) -> None:
    chain: dict[str, Any] = {"P0": parameter(f"{unique}-0", "first")}
    for index in range(1, 20):
        chain[f"P{index}"] = parameter(f"{unique}-{index}", {"Fn::GetAtt": [f"P{index - 1}", "Value"]})  # type: ignore[arg-type]
    shuffled = {name: chain[name] for name in sorted(chain, reverse=True)}
    assert stack.deploy(shuffled, {"Last": {"Fn::GetAtt": ["P19", "Value"]}}) == {"Last": "first"}


def test_an_update_that_fails_in_the_middle_is_rolled_back(aws: Callable[..., Any], stack: Stack, unique: str) -> None:
    client = aws("lambda")
    stack.deploy({"F": function(unique, "old")})
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"F": function(unique, "new", runtime="nodejs22.x")})
    assert failure.value.status == "UPDATE_ROLLBACK_COMPLETE"
    assert json.loads(client.invoke(FunctionName=unique)["Payload"].read()) == "old"


def test_a_resource_that_was_not_started_has_no_events(aws: Callable[..., Any], stack: Stack, unique: str) -> None:
    dependent = parameter(unique, "1", DependsOn="Broken")
    with pytest.raises(DeployFailed):
        stack.deploy({"Dependent": dependent, "Broken": BROKEN})
    events = aws("cloudformation").describe_stack_events(StackName=unique)["StackEvents"]
    assert "Dependent" not in [event["LogicalResourceId"] for event in events]


def test_a_changed_resource_does_not_replace_those_that_refer_to_it(stack: Stack) -> None:
    def resources(colour: str) -> dict[str, Any]:
        tags = [{"Key": "colour", "Value": colour}]
        return {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.198.0.0/16", "Tags": tags}},
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.198.1.0/24"},
            },
        }

    stack.deploy(resources("red"))
    subnet = stack.physical_id("Subnet")
    stack.deploy(resources("blue"))
    assert stack.physical_id("Subnet") == subnet


def test_a_create_only_property_replaces_the_resource(
    stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    stack.deploy({"P": parameter(f"{unique}-1", "x")})
    stack.deploy({"P": parameter(f"{unique}-2", "x")})
    assert stack.physical_id("P") == f"{unique}-2"
    assert (value_of(f"{unique}-1"), value_of(f"{unique}-2")) == (None, "x")


def test_a_resource_that_an_update_removed_is_not_deleted_again(
    aws: Callable[..., Any], stack: Stack, unique: str, value_of: Callable[[str], str | None]
) -> None:
    stack.deploy({"A": parameter(f"{unique}-a", "1"), "B": parameter(f"{unique}-b", "1")})
    stack.deploy({"A": parameter(f"{unique}-a", "1", Metadata={"n": 1})} | {"C": parameter(f"{unique}-c", "1")})
    described = aws("cloudformation").describe_stack_resources(StackName=unique)["StackResources"]
    assert sorted(item["LogicalResourceId"] for item in described) == ["A", "C"]
    aws("ssm").put_parameter(Name=f"{unique}-b", Value="somebody else's", Type="String")
    stack.delete()
    assert value_of(f"{unique}-b") == "somebody else's"
    aws("ssm").delete_parameter(Name=f"{unique}-b")
    assert value_of(f"{unique}-c") is None
