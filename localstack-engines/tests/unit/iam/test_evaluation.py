"""Decisions about requests, case by case."""

import json

import pytest

from localstack_engines.iam.evaluation import Decision, ResourcePolicy, evaluate
from localstack_engines.iam.principals import Principal, root

ACCOUNT, OTHER = "000000000000", "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/task"
OBJECT = "arn:aws:s3:::records/a/b.json"


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action="s3:GetObject", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {"Effect": "Deny", "Sid": "Never", "Action": action, "Resource": resource, **more}


def caller(*statements, account=ACCOUNT, **more):
    return Principal(
        arn=SESSION, account=account, user_id="AROA:task", role_arn=ROLE, policies=(document(*statements),), **more
    )


def decide(principal, action="s3:GetObject", resource=OBJECT, **more):
    return evaluate(principal, action=action, resource=resource, **more)


def bucket(*statements, account=ACCOUNT, **more):
    return ResourcePolicy(document=document(*statements), account=account, **more)


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        (allow("s3:GetObject"), True),
        (allow("S3:getobject"), True),
        (allow("s3:Get*"), True),
        (allow("s3:GetObjec?"), True),
        (allow(["sqs:*", "s3:GetObject"]), True),
        (allow("s3:GetObjectTagging"), False),
        (allow(resource="arn:aws:s3:::records/*"), True),
        (allow(resource="arn:aws:s3:::records"), False),
        (allow(resource="arn:aws:s3:::Records/*"), False),
        (allow(resource="arn:aws:s3:::re.ords/*"), False),
        (allow(resource="arn:*s3*records/**b?js*n"), True),
        (allow(resource="*?/b*?/?.json"), False),
        (allow(resource=["arn:aws:s3:::other/*", OBJECT]), True),
        (allow(resource="arn:aws:s3:::${aws:bucket}/*"), False),
        (allow(resource="arn:aws:s3:::${aws:bucket, 'records'}/*"), True),
        (allow(resource="arn:aws:s3:::records/${aws:folder}/*"), True),
        (allow(resource="arn:aws:s3:::records/${aws:star}"), False),
        (allow(resource="arn:aws:s3:::records/${*}"), False),
        ({"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*"}, True),
        ({"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"}, False),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret/*"}, True),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::records/*"}, False),
    ],
)
def test_actions_and_resources(statement, allowed):
    context = {"aws:folder": "a", "aws:star": "*"}
    assert decide(caller(statement), context=context).allowed is allowed


def test_many_wildcards_take_no_time():
    assert not decide(caller(allow(resource="*r" * 50 + "x")), resource="r" * 200).allowed
    assert decide(caller(allow(resource="*r" * 50 + "*")), resource="r" * 200).allowed


def test_variables_are_text_in_policies_of_the_older_version():
    old = json.dumps({"Version": "2008-10-17", "Statement": allow(resource="arn:aws:s3:::records/${aws:folder}/*")})
    principal = Principal(arn=SESSION, account=ACCOUNT, policies=(old,))
    assert not decide(principal, context={"aws:folder": "a"}).allowed
    assert decide(principal, resource="arn:aws:s3:::records/${aws:folder}/c").allowed


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringEquals": {"AWS:Name": "one"}}, True),
        ({"StringEquals": {"aws:name": ["two", "one"]}}, True),
        ({"StringEquals": {"aws:name": "One"}}, False),
        ({"StringEqualsIgnoreCase": {"aws:name": "One"}}, True),
        ({"StringNotEquals": {"aws:name": "one"}}, False),
        ({"StringNotEquals": {"aws:none": "one"}}, True),
        ({"StringLike": {"aws:name": "o?e*"}}, True),
        ({"StringNotLike": {"aws:name": "o*"}}, False),
        ({"StringEquals": {"aws:none": "one"}}, False),
        ({"StringEqualsIfExists": {"aws:none": "one"}}, True),
        ({"StringEqualsIfExists": {"aws:name": "two"}}, False),
        ({"StringEquals": {"aws:name": "${aws:alias}"}}, True),
        ({"StringEquals": {"aws:name": "${aws:none}"}}, False),
        ({"StringEquals": {"aws:name": "one", "aws:none": "one"}}, False),
        ({"StringEquals": {"aws:name": "one"}, "Bool": {"aws:SecureTransport": True}}, False),
        ({"Bool": {"aws:SecureTransport": "false"}}, True),
        ({"Null": {"aws:none": "true"}}, True),
        ({"Null": {"aws:name": True}}, False),
        ({"Null": {"aws:name": "false"}}, True),
        ({"NumericLessThan": {"aws:number": "6"}}, True),
        ({"NumericGreaterThanEquals": {"aws:number": 6}}, False),
        ({"NumericEquals": {"aws:name": "1"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:CurrentTime": "1767225600"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "9" * 30}}, False),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]}}, False),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sqs:*:000000000000:o*"}}, True),
        ({"ArnEquals": {"aws:SourceArn": "arn:aws:*:orders"}}, False),
        ({"ArnNotLike": {"aws:SourceArn": "arn:aws:sqs:*:*:orders"}}, False),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b", "c"]}}, True),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}}, False),
        ({"ForAllValues:StringEquals": {"aws:none": ["a"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["b", "z"]}}, True),
        ({"ForAnyValue:StringEquals": {"aws:none": ["b"]}}, False),
        ({"ForAnyValue:StringNotEquals": {"aws:TagKeys": ["a"]}}, True),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["a"]}}, False),
        ({"ForAnyValue:StringLikeIfExists": {"aws:none": ["b"]}}, True),
        ({"StringResembles": {"aws:name": "one"}}, False),
    ],
)
def test_conditions(condition, allowed):
    context = {
        "aws:name": "one",
        "aws:alias": "one",
        "aws:number": "5",
        "aws:SecureTransport": "false",
        "aws:CurrentTime": "2026-11-28T01:00:00Z",
        "aws:SourceIp": "10.1.2.3",
        "aws:SourceArn": "arn:aws:sqs:eu-central-1:000000000000:orders",
        "aws:TagKeys": ["a", "b"],
    }
    assert decide(caller(allow(Condition=condition)), context=context).allowed is allowed


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"StringEquals": {"aws:PrincipalTag/team": "db"}}, True),
        ({"StringEquals": {"aws:PrincipalArn": ROLE}}, True),
        ({"Bool": {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}}, True),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, True),
        ({"Null": {"aws:username": "false"}}, False),
    ],
)
def test_every_request_has_the_keys_of_its_caller_and_the_time(condition, denied):
    decision = decide(caller(allow(), deny(Condition=condition), tags={"team": "db"}))
    assert decision.allowed is not denied


def test_reasons_are_those_of_aws():
    nothing = caller()
    assert decide(nothing) == Decision(False, "because no identity-based policy allows the s3:GetObject action")
    assert decide(caller(allow(), deny())) == Decision(
        False, "with an explicit deny in an identity-based policy", "Never"
    )
    by_bucket = bucket(deny(Principal="*"))
    reason = "with an explicit deny in a resource-based policy"
    assert decide(caller(allow()), resource_policy=by_bucket) == Decision(False, reason, "Never")


def test_a_boundary_and_a_session_policy_only_limit():
    no_boundary = "because no permissions boundary allows the s3:GetObject action"
    assert decide(caller(allow(), boundary=document(allow("s3:Put*")))).reason == no_boundary
    assert decide(caller(allow(), boundary=document(allow()))).allowed
    assert not decide(caller(boundary=document(allow()))).allowed
    no_session = "because no session policy allows the s3:GetObject action"
    assert decide(caller(allow(), session_policies=(document(allow("s3:Put*")),))).reason == no_session
    assert not decide(caller(allow(), session_policies=(document(allow(), deny()),))).allowed


@pytest.mark.parametrize(
    ("principal", "allowed"),
    [
        ("*", True),
        ({"AWS": ROLE}, True),
        ({"AWS": [SESSION]}, True),
        ({"AWS": ACCOUNT}, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}, False),
        ({"Service": "sns.amazonaws.com"}, False),
    ],
)
def test_a_resource_policy_allows_whom_it_names(principal, allowed):
    assert decide(caller(), resource_policy=bucket(allow(Principal=principal))).allowed is allowed


def test_a_grant_to_the_role_has_the_limits_of_its_boundary():
    limited = caller(boundary=document(allow("s3:Put*")))
    assert not decide(limited, resource_policy=bucket(allow(Principal={"AWS": ROLE}))).allowed
    assert decide(limited, resource_policy=bucket(allow(Principal={"AWS": SESSION}))).allowed


def test_another_account_needs_both_policies():
    to_role = bucket(allow(Principal={"AWS": ROLE}), account=OTHER)
    assert not decide(caller(), resource_policy=to_role).allowed
    assert decide(caller(allow()), resource_policy=to_role).allowed
    assert decide(caller(allow()), resource_policy=bucket(account=OTHER)).reason.startswith("because no resource-based")


def test_a_key_policy_decides_alone():
    key = "arn:aws:kms:eu-central-1:000000000000:key/k"
    to_account = bucket(allow("kms:*", Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}), alone_decides=True)
    to_role = bucket(allow("kms:*", Principal={"AWS": ROLE}), alone_decides=True)
    signer = caller(allow("kms:Sign"))

    def sign(principal, policy):
        return decide(principal, "kms:Sign", key, resource_policy=policy).allowed

    assert sign(signer, to_account)
    assert sign(caller(), to_role)
    assert not sign(caller(), to_account)
    assert not sign(signer, bucket(alone_decides=True))


def test_not_principal_means_everybody_else():
    policy = bucket({"Effect": "Deny", "NotPrincipal": {"AWS": ROLE}, "Action": "*", "Resource": "*"})
    assert decide(caller(allow()), resource_policy=policy).allowed
    other = Principal(arn=f"arn:aws:iam::{ACCOUNT}:user/u", account=ACCOUNT, policies=(document(allow()),))
    assert not decide(other, resource_policy=policy).allowed


def test_a_resource_whose_arn_is_unknown():
    assert decide(caller(allow(resource="arn:aws:s3:::any")), resource=None).allowed
    assert decide(caller(allow(), deny(resource="arn:aws:s3:::any")), resource=None).allowed
    assert not decide(caller(allow(), deny()), resource=None).allowed


def test_an_action_without_a_resource_needs_a_statement_on_all():
    assert not decide(caller(allow(resource="arn:aws:s3:::any")), resource="*").allowed
    assert decide(caller(allow()), resource="*").allowed


@pytest.mark.parametrize(
    "statement",
    [
        allow(Principal="*", Effect="deny"),
        {"Principal": "*", "Action": "*", "Resource": "*"},
        allow(Principal="*", Condition="aws:name"),
        allow(Principal="*", Condition={"StringEquals": "aws:name"}),
        allow(Principal=7),
        "Allow",
    ],
)
def test_a_statement_without_the_form_of_aws_allows_nothing(statement):
    assert not decide(caller(), resource_policy=bucket(statement)).allowed


def test_a_document_nested_too_deeply_has_no_statements():
    assert not decide(caller(), resource_policy=ResourcePolicy(document="[" * 100_000, account=ACCOUNT)).allowed


def test_roots_may_do_everything():
    assert decide(root(ACCOUNT), resource_policy=bucket(deny(Principal="*"))).allowed


def test_a_vpc_endpoint_limits_what_all_other_policies_allow():
    principal = caller(allow())
    everything = document({**allow("*"), "Principal": "*"})
    assert decide(principal, endpoint_policy=everything) == Decision(True)
    assert decide(caller(), endpoint_policy=everything).reason == (
        "because no identity-based policy allows the s3:GetObject action"
    )
    own_account = document(
        {**allow("*"), "Principal": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "1"}}}
    )
    for policy in (document(), own_account, document({**allow("*"), "Principal": {"AWS": OTHER}})):
        assert decide(principal, endpoint_policy=policy) == Decision(
            False, "because no VPC endpoint policy allows the s3:GetObject action"
        )
    denies = document({**allow("*"), "Principal": "*"}, {**deny("s3:Get*"), "Principal": "*"})
    assert decide(principal, endpoint_policy=denies) == Decision(
        False, "with an explicit deny in a VPC endpoint policy", "Never"
    )
