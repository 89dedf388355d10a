"""CloudFormation: a deploy never claims what it did not do, and takes back what failed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.plugin.conftest import DeployFailed, Stack

PARAMETER = "AWS::SSM::Parameter"
BROKEN = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}


def parameter(name: str, value: str, **attributes: Any) -> dict[str, Any]:
    return {"Type": PARAMETER, "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


@pytest.fixture
def value_of(aws: Callable[..., Any]) -> Callable[[str], str | None]:
    """The value of an SSM parameter, None when there is none."""
    ssm = aws("ssm")

    def value_of(name: str) -> str | None:
        try:
            return str(ssm.get_parameter(Name=name)["Parameter"]["Value"])
        except ssm.exceptions.ParameterNotFound:
            return None

    return value_of


@pytest.mark.parametrize("kind", ["AWS::Nobody::Implements", "AWS::AppStream::Fleet", "Custom::AWS"])
def test_a_type_nobody_implements_is_refused_by_name(
    aws: Callable[..., Any], stack: Stack, unique: str, kind: str
) -> None:
    resources = {"Good": parameter(unique, "1"), "Bad": {"Type": kind, "Properties": {}}}
    with pytest.raises(ClientError, match=rf"Unrecognized resource types: \[{kind}\]"):
        stack.deploy(resources)
    with pytest.raises(ClientError, match="does not exist"):
        aws("cloudformation").describe_stacks(StackName=unique)


def test_an_update_with_an_unknown_type_leaves_the_stack_alone(
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


def test_a_deletion_that_fails_says_so_and_can_be_repeated(
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
