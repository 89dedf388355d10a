"""CloudFormation: functions, references, transforms and conditions of templates, and nested stacks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.stacks import DeployFailed, Stack

Json = dict[str, Any]
SAM = "AWS::Serverless-2016-10-31"


def parameter(name: Any, value: Any, **attributes: Any) -> Json:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Name": name, "Type": "String", "Value": value}, **attributes}


@pytest.fixture
def deploy(aws: Callable[..., Any], stack: Stack, unique: str) -> Callable[..., None]:
    """Creates this test's stack from a whole template."""
    client = aws("cloudformation")

    def deploy(template: Json, **parameters: str) -> None:
        client.create_stack(
            StackName=unique,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
            Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
        try:
            client.get_waiter("stack_create_complete").wait(StackName=unique, WaiterConfig={"Delay": 1})
        except Exception as error:
            raise DeployFailed(stack.status(), stack.failures()) from error

    return deploy


@pytest.fixture
def value_of(aws: Callable[..., Any]) -> Callable[[str], str]:
    return lambda name: str(aws("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_a_marked_variable_is_text(stack: Stack, unique: str, value_of: Callable[[str], str]) -> None:
    stack.deploy({"P": parameter(unique, {"Fn::Sub": "${!Name} ${!a.b} in ${AWS::Region}"})})
    assert value_of(unique) == "${Name} ${a.b} in us-east-1"


def test_a_condition_compares_text(deploy: Callable[..., None], unique: str, value_of: Callable[[str], str]) -> None:
    both = {"Fn::And": [{"Fn::Equals": [{"Ref": "Flag"}, True]}, {"Fn::Equals": [{"Ref": "Number"}, "1"]}]}
    template = {
        "Parameters": {"Flag": {"Type": "String"}, "Number": {"Type": "Number"}},
        "Conditions": {"Both": both},
        "Resources": {"P": parameter(unique, {"Fn::If": ["Both", "yes", "no"]})},
    }
    deploy(template, Flag="true", Number="1")
    assert value_of(unique) == "yes"


def test_each_dynamic_reference_in_a_text_has_its_own_value(
    aws: Callable[..., Any],
    stack: Stack,
    unique: str,
    value_of: Callable[[str], str],
    cleanup: Callable[..., None],
) -> None:
    secrets, ssm = aws("secretsmanager"), aws("ssm")
    secrets.create_secret(Name=unique, SecretString=json.dumps({"user": "joe", "password": r"a\1b", "empty": ""}))
    cleanup(secrets.delete_secret, SecretId=unique, ForceDeleteWithoutRecovery=True)
    ssm.put_parameter(Name=f"{unique}-host", Value="db", Type="String")
    cleanup(ssm.delete_parameter, Name=f"{unique}-host")
    secret = f"{{{{resolve:secretsmanager:{unique}:SecretString:%s}}}}"
    url = f"pg://{secret % 'user'}:{secret % 'password'}@{{{{resolve:ssm:{unique}-host}}}}/x{secret % 'empty'}"
    stack.deploy({"P": parameter(unique, url)})
    assert value_of(unique) == r"pg://joe:a\1b@db/x"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("{{resolve:ssm:no-such-parameter}}", "no-such-parameter"),
        ("{{resolve:secretsmanager:no-such-secret}}", "no-such-secret"),
        ("{{resolve:vault:x}}", "not supported: vault"),
    ],
)
def test_a_dynamic_reference_without_a_value_fails_the_stack(
    stack: Stack, unique: str, reference: str, message: str
) -> None:
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"P": parameter(unique, f"a {reference}")})
    assert any(message in line for line in failure.value.failures), failure.value.failures


def test_a_secret_that_is_no_json_fails_in_words_of_aws(
    aws: Callable[..., Any], stack: Stack, unique: str, cleanup: Callable[..., None]
) -> None:
    aws("secretsmanager").create_secret(Name=unique, SecretString="plain text")
    cleanup(aws("secretsmanager").delete_secret, SecretId=unique, ForceDeleteWithoutRecovery=True)
    with pytest.raises(DeployFailed, match="Could not find a value associated with JSONKey"):
        stack.deploy({"P": parameter(unique, f"{{{{resolve:secretsmanager:{unique}:SecretString:user}}}}")})


def test_a_list_parameter_can_be_joined_updated_and_deleted(
    aws: Callable[..., Any], stack: Stack, unique: str, deploy: Callable[..., None], value_of: Callable[[str], str]
) -> None:
    template = {
        "Parameters": {"List": {"Type": "CommaDelimitedList"}, "Numbers": {"Type": "List<Number>", "Default": "1,2"}},
        "Resources": {
            "P": parameter(unique, {"Fn::Join": ["-", {"Ref": "List"}]}),
            "Q": parameter(f"{unique}-q", {"Fn::Select": ["1", {"Ref": "Numbers"}]}),
        },
    }
    deploy(template, List="a, b")
    assert (value_of(unique), value_of(f"{unique}-q")) == ("a-b", "2")
    client = aws("cloudformation")
    client.update_stack(
        StackName=unique,
        TemplateBody=json.dumps(template),
        Parameters=[{"ParameterKey": "List", "ParameterValue": "a,c"}],
    )
    client.get_waiter("stack_update_complete").wait(StackName=unique, WaiterConfig={"Delay": 1})
    assert value_of(unique) == "a-c"
    stack.delete()


def test_a_transform_makes_the_types_that_are_checked(
    aws: Callable[..., Any], unique: str, deploy: Callable[..., None]
) -> None:
    function = {
        "Type": "AWS::Serverless::Function",
        "Properties": {
            "FunctionName": unique,
            "Handler": "index.handler",
            "Runtime": "python3.13",
            "InlineCode": "def handler(event, context): return 1",
        },
    }
    deploy({"Transform": SAM, "Resources": {"F": function}})
    assert aws("lambda").get_function(FunctionName=unique)["Configuration"]["Handler"] == "index.handler"


def test_a_transform_that_fails_leaves_the_stack_as_it_was(
    aws: Callable[..., Any], stack: Stack, unique: str, value_of: Callable[[str], str]
) -> None:
    client = aws("cloudformation")
    stack.deploy({"P": parameter(unique, "1")})
    resources = {"P": parameter(unique, "2"), "F": {"Type": "AWS::Serverless::Function", "Properties": {"Layers": []}}}
    body = json.dumps({"Transform": SAM, "Resources": resources})
    change = {"StackName": unique, "TemplateBody": body, "Capabilities": ["CAPABILITY_AUTO_EXPAND"]}
    with pytest.raises(ClientError, match=r"Resource with id \[F\] is invalid"):
        client.update_stack(**change)
    client.create_change_set(**change, ChangeSetName="c")
    described = client.describe_change_set(StackName=unique, ChangeSetName="c")
    assert (described["Status"], described["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert (stack.status(), value_of(unique)) == ("CREATE_COMPLETE", "1")


def test_an_application_of_the_repository_is_refused(deploy: Callable[..., None]) -> None:
    location = {"ApplicationId": "arn:aws:serverlessrepo:us-east-1:000000000000:applications/a", "SemanticVersion": "1"}
    resources = {"A": {"Type": "AWS::Serverless::Application", "Properties": {"Location": location}}}
    with pytest.raises(ClientError, match="Serverless Application Repository is not supported"):
        deploy({"Transform": SAM, "Resources": resources})


def test_a_loop_makes_the_resources_that_are_checked(
    unique: str, deploy: Callable[..., None], value_of: Callable[[str], str]
) -> None:
    body = {"P${Name}": parameter({"Fn::Sub": f"{unique}-${{Name}}"}, {"Ref": "Name"})}
    loop = {"Fn::ForEach::All": ["Name", ["a", "b"], body]}
    deploy({"Transform": "AWS::LanguageExtensions", "Resources": loop})
    assert [value_of(f"{unique}-{name}") for name in "ab"] == ["a", "b"]


def test_an_unknown_type_in_a_loop_is_refused(unique: str, deploy: Callable[..., None]) -> None:
    loop = {"Fn::ForEach::All": ["Name", ["a"], {"X${Name}": {"Type": "AWS::Nobody::Implements"}}]}
    with pytest.raises(ClientError, match=r"Unrecognized resource types: \[AWS::Nobody::Implements\]"):
        deploy({"Transform": "AWS::LanguageExtensions", "Resources": loop})


def test_a_type_behind_a_false_condition_is_not_checked(
    aws: Callable[..., Any], unique: str, deploy: Callable[..., None], value_of: Callable[[str], str]
) -> None:
    template = {
        "Parameters": {"Stage": {"Type": "String"}},
        "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
        "Resources": {
            "X": {"Type": "AWS::Nobody::Implements", "Condition": "Prod"},
            "P": parameter(unique, "1"),
        },
    }
    deploy(template, Stage="dev")
    assert value_of(unique) == "1"
    with pytest.raises(ClientError, match="Unrecognized resource types"):
        aws("cloudformation").update_stack(
            StackName=unique,
            TemplateBody=json.dumps(template),
            Parameters=[{"ParameterKey": "Stage", "ParameterValue": "prod"}],
        )


def test_a_missing_export_fails_the_stack(stack: Stack, unique: str) -> None:
    wanted = parameter(unique, "1")
    wanted["Properties"]["Description"] = {"Fn::ImportValue": f"{unique}-none"}
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"P": wanted})
    assert failure.value.status == "ROLLBACK_COMPLETE"
    assert failure.value.failures == [f"P: No export named {unique}-none found."]


def test_an_export_is_imported_and_its_name_is_taken(
    aws: Callable[..., Any], stack: Stack, unique: str, deploy: Callable[..., None], cleanup: Callable[..., None]
) -> None:
    outputs = {"O": {"Value": "exported", "Export": {"Name": unique}}}
    deploy({"Resources": {"P": parameter(unique, "1")}, "Outputs": outputs})
    importer = Stack(aws("cloudformation"), f"{unique}-importer")
    cleanup(importer.delete)
    value = {"Fn::ImportValue": unique}
    assert importer.deploy({"Q": parameter(f"{unique}-q", value)}, {"Value": value}) == {"Value": "exported"}
    other = Stack(aws("cloudformation"), f"{unique}-other")
    cleanup(other.delete)
    aws("cloudformation").create_stack(
        StackName=other.name,
        TemplateBody=json.dumps({"Resources": {"R": parameter(f"{unique}-r", "1")}, "Outputs": outputs}),
    )
    with pytest.raises(Exception, match="ROLLBACK_COMPLETE"):
        aws("cloudformation").get_waiter("stack_create_complete").wait(StackName=other.name, WaiterConfig={"Delay": 1})
    reasons = [event.get("ResourceStatusReason", "") for event in _events(aws, other.name)]
    assert any(f"Export with name {unique} is already exported by stack" in reason for reason in reasons)


def _events(aws: Callable[..., Any], name: str) -> list[Json]:
    return list(aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"])


@pytest.mark.parametrize(
    "template",
    [
        {"Resources": {"P": parameter("x", {"Fn::Join": ["-", "no list"]})}},
        {"Resources": {"P": ["a list"]}},
        {"Resources": {"P": {"Type": ["a", "list"]}}},
        {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": "text"}}},
        {"Resources": ["P"]},
        {"Resources": {"P": parameter("x", {"Fn::FindInMap": ["A", "b", "c"]})}},
    ],
)
def test_a_malformed_template_is_no_server_error(aws: Callable[..., Any], unique: str, template: Json) -> None:
    client = aws("cloudformation")
    with pytest.raises(ClientError) as refused:
        client.create_stack(StackName=unique, TemplateBody=json.dumps(template))
    assert refused.value.response["Error"]["Code"] == "ValidationError"
    with pytest.raises(ClientError, match="does not exist"):
        client.describe_stacks(StackName=unique)


@pytest.fixture
def nested(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> Callable[[Json], Json]:
    """Uploads a template and returns a resource that nests it."""
    s3, bucket = aws("s3"), f"{unique}-templates"
    s3.create_bucket(Bucket=bucket)
    cleanup(s3.delete_bucket, Bucket=bucket)
    cleanup(s3.delete_object, Bucket=bucket, Key="child.json")

    def nested(template: Json, **parameters: str) -> Json:
        s3.put_object(Bucket=bucket, Key="child.json", Body=json.dumps(template).encode())
        url = f"https://{bucket}.s3.amazonaws.com/child.json"
        return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": parameters}}

    return nested


def test_a_nested_stack_that_fails_names_the_cause(stack: Stack, unique: str, nested: Callable[..., Json]) -> None:
    broken = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": "vpc-0123456789abcdef0", "CidrBlock": "10.0.0.0/24"}}
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"Child": nested({"Resources": {"Inner": broken}})})
    assert failure.value.status == "ROLLBACK_COMPLETE"
    (line,) = [line for line in failure.value.failures if line.startswith("Child: ")]
    assert "was not successfully created" in line
    assert "Inner: " in line
    assert "vpc-0123456789abcdef0" in line


def test_a_nested_stack_is_updated_and_deleted(
    stack: Stack, aws: Callable[..., Any], unique: str, nested: Callable[..., Json], value_of: Callable[[str], str]
) -> None:
    child = {
        "Parameters": {"Value": {"Type": "String"}},
        "Resources": {"P": parameter(unique, {"Ref": "Value"})},
        "Outputs": {"Value": {"Value": {"Fn::GetAtt": ["P", "Value"]}}},
    }
    outputs = {"Value": {"Fn::GetAtt": ["Child", "Outputs.Value"]}}
    assert stack.deploy({"Child": nested(child, Value="1")}, outputs) == {"Value": "1"}
    assert stack.deploy({"Child": nested(child, Value="2")}, outputs) == {"Value": "2"}
    assert value_of(unique) == "2"
    stack.delete()
    with pytest.raises(ClientError, match="ParameterNotFound"):
        value_of(unique)
