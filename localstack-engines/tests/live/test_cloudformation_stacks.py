"""CloudFormation: exports in use, failed creations, parameters and rules, snapshots, previous templates."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.stacks import DeployFailed, Stack
from lab.waiting import until

Json = dict[str, Any]
Aws = Callable[..., Any]
BROKEN = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}


def parameter(name: Any, value: Any, **attributes: Any) -> Json:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


def exporter(unique: str, export: str, value: str) -> str:
    outputs = {"O": {"Value": value, "Export": {"Name": export}}}
    return json.dumps({"Resources": {"P": parameter(unique, "1")}, "Outputs": outputs})


def exists(aws: Aws, name: str) -> bool:
    return bool(aws("ssm").get_parameters(Names=[name])["Parameters"])


def await_status(stack: Stack, *statuses: str) -> str:
    return until(f"one of {statuses}", lambda: stack.status() in statuses and stack.status())


def test_an_export_in_use_is_neither_changed_nor_deleted(
    aws: Aws, stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    client = aws("cloudformation")
    client.create_stack(StackName=unique, TemplateBody=exporter(unique, unique, "a"))
    await_status(stack, "CREATE_COMPLETE")
    with pytest.raises(ClientError, match="is not imported by any stack"):
        client.list_imports(ExportName=unique)
    importer = Stack(client, f"{unique}-importer")
    cleanup(importer.delete)
    importer.deploy({"Q": parameter(f"{unique}-q", {"Fn::ImportValue": unique})})
    assert client.list_imports(ExportName=unique)["Imports"] == [importer.name]

    client.update_stack(StackName=unique, TemplateBody=exporter(unique, unique, "b"))
    await_status(stack, "UPDATE_ROLLBACK_COMPLETE")
    client.update_stack(StackName=unique, TemplateBody=exporter(unique, f"{unique}-other", "a"))
    until("the second update", lambda: reasons(client, unique, "cannot be deleted as it is in use by"))
    await_status(stack, "UPDATE_ROLLBACK_COMPLETE")
    assert reasons(client, unique, f"Export {unique} cannot be updated as it is in use by {importer.name}")
    client.delete_stack(StackName=unique)
    await_status(stack, "DELETE_FAILED")
    assert exists(aws, unique)

    importer.delete()
    stack.delete()
    assert not exists(aws, unique)


def reasons(client: Any, stack: str, text: str) -> list[str]:
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    return [event["ResourceStatusReason"] for event in events if text in event.get("ResourceStatusReason", "")]


@pytest.mark.parametrize(
    ("options", "status", "kept"),
    [
        ({}, "ROLLBACK_COMPLETE", False),
        ({"OnFailure": "ROLLBACK"}, "ROLLBACK_COMPLETE", False),
        ({"OnFailure": "DO_NOTHING"}, "CREATE_FAILED", True),
        ({"DisableRollback": True}, "CREATE_FAILED", True),
        ({"OnFailure": "DELETE"}, "DELETE_COMPLETE", False),
    ],
)
def test_a_failed_creation_ends_as_the_request_says(
    aws: Aws, unique: str, options: Json, status: str, kept: bool
) -> None:
    client = aws("cloudformation")
    broken = {**BROKEN, "DependsOn": "P"}
    body = json.dumps({"Resources": {"P": parameter(unique, "1"), "X": broken}})
    stack_id = client.create_stack(StackName=unique, TemplateBody=body, **options)["StackId"]
    stack = Stack(client, stack_id)
    await_status(stack, status)
    assert exists(aws, unique) is kept
    if status != "DELETE_COMPLETE":
        stack.delete()
    assert not exists(aws, unique)


def test_a_change_set_has_these_options_too(aws: Aws, unique: str) -> None:
    client = aws("cloudformation")
    body = json.dumps({"Resources": {"P": parameter(unique, "1"), "X": {**BROKEN, "DependsOn": "P"}}})
    change = {"StackName": unique, "ChangeSetName": "c"}
    client.create_change_set(**change, TemplateBody=body, ChangeSetType="CREATE", OnStackFailure="DO_NOTHING")
    client.get_waiter("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 1})
    client.execute_change_set(**change)
    stack = Stack(client, unique)
    await_status(stack, "CREATE_FAILED")
    stack.delete()


def test_an_update_without_rollback_is_refused(aws: Aws, stack: Stack, unique: str) -> None:
    stack.deploy({"P": parameter(unique, "1")})
    body = json.dumps({"Resources": {"P": parameter(unique, "2")}})
    with pytest.raises(ClientError, match="DisableRollback is not supported"):
        aws("cloudformation").update_stack(StackName=unique, TemplateBody=body, DisableRollback=True)
    change = {"StackName": unique, "ChangeSetName": "c", "TemplateBody": body}
    with pytest.raises(ClientError, match="OnStackFailure DELETE is only valid"):
        aws("cloudformation").create_change_set(**change, OnStackFailure="DELETE")
    assert stack.status() == "CREATE_COMPLETE"


def test_a_change_set_that_is_not_executed_leaves_the_stack_as_it_was(aws: Aws, stack: Stack, unique: str) -> None:
    client = aws("cloudformation")
    stack.deploy({"P": parameter(unique, "1")})
    with pytest.raises(DeployFailed):
        stack.deploy({"P": parameter(unique, "2"), "X": BROKEN})
    body = json.dumps({"Resources": {"P": parameter(unique, "3")}})
    client.create_change_set(StackName=unique, ChangeSetName="c", TemplateBody=body)
    assert stack.status() == "UPDATE_ROLLBACK_COMPLETE"
    client.execute_change_set(StackName=unique, ChangeSetName="c")
    await_status(stack, "UPDATE_COMPLETE")


def test_an_update_may_keep_the_template(aws: Aws, stack: Stack, unique: str) -> None:
    client = aws("cloudformation")
    template = {
        "Parameters": {"Value": {"Type": "String"}},
        "Resources": {"P": parameter(unique, {"Ref": "Value"})},
    }
    given = [{"ParameterKey": "Value", "ParameterValue": "1"}]
    client.create_stack(StackName=unique, TemplateBody=json.dumps(template), Parameters=given)
    await_status(stack, "CREATE_COMPLETE")
    given[0]["ParameterValue"] = "2"
    client.update_stack(StackName=unique, UsePreviousTemplate=True, Parameters=given)
    await_status(stack, "UPDATE_COMPLETE")
    assert aws("ssm").get_parameter(Name=unique)["Parameter"]["Value"] == "2"


@pytest.mark.parametrize(
    ("definition", "value", "message"),
    [
        ({"Type": "String", "AllowedValues": ["a", "b"]}, "c", "Parameter 'V' must be one of AllowedValues"),
        ({"Type": "String", "AllowedPattern": "[a-z]+"}, "A", r"Parameter 'V' must match pattern \[a-z\]\+"),
        ({"Type": "String", "MinLength": "3"}, "ab", "Parameter 'V' must contain at least 3 characters"),
        ({"Type": "Number", "MaxValue": 9}, "10", "Parameter 'V' must be a number not greater than 9"),
        (
            {"Type": "Number", "MinValue": 1, "ConstraintDescription": "is too low"},
            "0",
            "satisfy constraint: is too low",
        ),
    ],
)
def test_a_value_that_breaks_a_constraint_is_refused(
    aws: Aws, unique: str, definition: Json, value: str, message: str
) -> None:
    template = {"Parameters": {"V": definition}, "Resources": {"P": parameter(unique, {"Ref": "V"})}}
    with pytest.raises(ClientError, match=message):
        aws("cloudformation").create_stack(
            StackName=unique,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": "V", "ParameterValue": value}],
        )
    assert not exists(aws, unique)


def test_the_rules_of_a_template_hold(aws: Aws, stack: Stack, unique: str) -> None:
    client = aws("cloudformation")
    assertion = {"Assert": {"Fn::Contains": [["small"], {"Ref": "Size"}]}, "AssertDescription": "tests are small"}
    template = {
        "Parameters": {"Stage": {"Type": "String"}, "Size": {"Type": "String", "Default": "large"}},
        "Rules": {"Small": {"RuleCondition": {"Fn::Equals": [{"Ref": "Stage"}, "test"]}, "Assertions": [assertion]}},
        "Resources": {"P": parameter(unique, "1")},
    }

    def create(stage: str) -> None:
        given = [{"ParameterKey": "Stage", "ParameterValue": stage}]
        client.create_stack(StackName=unique, TemplateBody=json.dumps(template), Parameters=given)

    with pytest.raises(ClientError, match="tests are small"):
        create("test")
    create("prod")
    await_status(stack, "CREATE_COMPLETE")


def test_a_wait_condition_is_refused(stack: Stack) -> None:
    handle = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    condition = {"Type": "AWS::CloudFormation::WaitCondition", "Properties": {"Handle": {"Ref": "H"}, "Timeout": "9"}}
    with pytest.raises(DeployFailed, match="takes no signals"):
        stack.deploy({"H": handle, "W": condition})


def test_subnets_are_cut_from_the_range_of_their_vpc(aws: Aws, stack: Stack) -> None:
    blocks = {"Fn::Cidr": [{"Fn::GetAtt": ["Vpc", "CidrBlock"]}, 4, 8]}
    out = stack.deploy(
        {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.198.0.0/16"}},
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {
                    "VpcId": {"Ref": "Vpc"},
                    "CidrBlock": {"Fn::Select": [2, blocks]},
                    "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
                },
            },
        },
        {"Subnet": {"Ref": "Subnet"}},
    )
    (subnet,) = aws("ec2").describe_subnets(SubnetIds=[out["Subnet"]])["Subnets"]
    assert subnet["CidrBlock"] == "10.198.2.0/24"


def test_the_public_parameter_of_an_image_has_a_value(stack: Stack, aws: Aws, unique: str) -> None:
    path = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    template = {
        "Parameters": {"Image": {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": path}},
        "Resources": {"P": parameter(unique, {"Ref": "Image"})},
    }
    aws("cloudformation").create_stack(StackName=unique, TemplateBody=json.dumps(template))
    await_status(stack, "CREATE_COMPLETE")
    assert aws("ssm").get_parameter(Name=unique)["Parameter"]["Value"].startswith("ami-")


@pytest.mark.parametrize("removed", ["resource", "stack"])
def test_a_database_leaves_a_snapshot_where_its_policy_says_so(
    aws: Aws, rds: Any, stack: Stack, unique: str, removed: str, cleanup: Callable[..., None]
) -> None:
    properties = {
        "DBInstanceIdentifier": unique,
        "Engine": "postgres",
        "DBInstanceClass": "db.t4g.micro",
        "AllocatedStorage": "20",
        "MasterUsername": "joe",
        "MasterUserPassword": "not-a-secret",
    }
    others = {"P": parameter(unique, "1")}
    stack.deploy(
        {**others, "Db": {"Type": "AWS::RDS::DBInstance", "DeletionPolicy": "Snapshot", "Properties": properties}}
    )
    if removed == "resource":
        stack.deploy(others)
    else:
        stack.delete()
    (snapshot,) = rds.describe_db_snapshots(DBInstanceIdentifier=unique)["DBSnapshots"]
    cleanup(rds.delete_db_snapshot, DBSnapshotIdentifier=snapshot["DBSnapshotIdentifier"])
    assert snapshot["Status"] == "available"
