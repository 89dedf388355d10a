"""Requests with the credentials of users and role sessions, where ENGINES_IAM is `enforce`."""

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from lab import localstack
from lab.errors import refused

LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}


@pytest.fixture(scope="module", autouse=True)
def enforced(plugin: dict[str, Any]) -> None:
    if plugin["iam"] != "enforce":
        pytest.skip("this LocalStack does not enforce IAM")


class Role:
    """A role, and clients with the credentials of a session of it."""

    def __init__(self, name: str) -> None:
        self.name, self._iam, self._sts = name, localstack.client("iam"), localstack.client("sts")
        self.arn = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(LAMBDA))["Role"]["Arn"]
        self.session = f"arn:aws:sts::{localstack.ACCOUNT}:assumed-role/{name}/session"

    def allow(self, *statements: dict[str, Any]) -> None:
        self._iam.put_role_policy(RoleName=self.name, PolicyName="p", PolicyDocument=document(*statements))

    def credentials(self, **more: Any) -> dict[str, str]:
        return dict(self._sts.assume_role(RoleArn=self.arn, RoleSessionName="session", **more)["Credentials"])

    def client(self, service: str, **more: Any) -> Any:
        return client(service, self.credentials(**more))

    def remove(self) -> None:
        for name in self._iam.list_role_policies(RoleName=self.name)["PolicyNames"]:
            self._iam.delete_role_policy(RoleName=self.name, PolicyName=name)
        self._iam.delete_role(RoleName=self.name)


def client(service: str, credentials: dict[str, str]) -> Any:
    return boto3.client(
        service,
        endpoint_url=localstack.ENDPOINT,
        region_name=localstack.REGION,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials.get("SessionToken"),
    )


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(action: str, resource: str, effect: str = "Allow", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.fixture
def role() -> Iterator[Role]:
    role = Role(f"r-{uuid.uuid4().hex[:8]}")
    yield role
    role.remove()


@pytest.fixture
def queue(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> str:
    url = aws("sqs").create_queue(QueueName=unique)["QueueUrl"]
    cleanup(aws("sqs").delete_queue, QueueUrl=url)
    return str(url)


def test_a_role_may_do_what_its_policy_says(role: Role, queue: str, unique: str) -> None:
    arn = f"arn:aws:sqs:us-east-1:{localstack.ACCOUNT}:{unique}"
    sqs = role.client("sqs")
    refused(sqs.send_message, "AccessDenied", QueueUrl=queue, MessageBody="m")
    role.allow(statement("sqs:SendMessage", arn))
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    refused(sqs.receive_message, "AccessDenied", QueueUrl=queue)
    role.allow(statement("sqs:*", "*"), statement("sqs:SendMessage", arn, "Deny"))
    sqs.receive_message(QueueUrl=queue)
    refused(sqs.send_message, "AccessDenied", QueueUrl=queue, MessageBody="m")


def test_the_error_is_that_of_aws(role: Role) -> None:
    with pytest.raises(ClientError) as raised:
        role.client("secretsmanager").list_secrets()
    answer = raised.value.response
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    action = "secretsmanager:ListSecrets"
    assert answer["Error"]["Message"] == (
        f"User: {role.session} is not authorized to perform: {action} on resource: * "
        f"because no identity-based policy allows the {action} action"
    )
    with pytest.raises(ClientError) as raised:
        role.client("iam").get_role(RoleName=role.name)
    assert raised.value.response["Error"]["Code"] == "AccessDenied"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_conditions_of_keys(role: Role, aws: Callable[..., Any], unique: str) -> None:
    kms, alias = aws("kms"), f"alias/{unique}"
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")["KeyMetadata"]
    kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    condition = {"StringEquals": {"kms:RequestAlias": alias, "kms:SigningAlgorithm": "ECDSA_SHA_256"}}
    role.allow(statement("kms:Sign", f"arn:aws:kms:us-east-1:{localstack.ACCOUNT}:key/*", Condition=condition))
    mine = role.client("kms")
    arguments = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
    mine.sign(KeyId=alias, **arguments)
    refused(mine.sign, "AccessDeniedException", KeyId=key["KeyId"], **arguments)
    nobody = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{localstack.ACCOUNT}:role/none"}}
    policy = document({**nobody, "Action": "kms:*", "Resource": "*"})
    kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=policy)
    refused(mine.sign, "AccessDeniedException", KeyId=alias, **arguments)


def test_the_policy_of_a_bucket(role: Role, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    cleanup(s3.delete_object, Bucket=unique, Key="a")
    mine = role.client("s3")
    refused(mine.put_object, "AccessDenied", Bucket=unique, Key="a", Body=b"1")
    grant = statement("s3:PutObject", f"arn:aws:s3:::{unique}/*", Principal={"AWS": role.arn})
    s3.put_bucket_policy(Bucket=unique, Policy=document(grant))
    mine.put_object(Bucket=unique, Key="a", Body=b"1")
    refused(mine.list_objects_v2, "AccessDenied", Bucket=unique)
    url = mine.generate_presigned_url("get_object", Params={"Bucket": unique, "Key": "a"})
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(url, timeout=10)
    assert b"<Code>AccessDenied</Code>" in raised.value.read()


def test_decrypt_is_about_the_key_of_the_ciphertext(role: Role, aws: Callable[..., Any]) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    blob = aws("kms").encrypt(KeyId=key, Plaintext=b"m")["CiphertextBlob"]
    mine = role.client("kms")
    refused(mine.decrypt, "AccessDeniedException", CiphertextBlob=blob)
    role.allow(statement("kms:Decrypt", key))
    assert mine.decrypt(CiphertextBlob=blob)["Plaintext"] == b"m"
    role.allow(statement("kms:*", "*"), statement("kms:Decrypt", key, "Deny"))
    refused(mine.decrypt, "AccessDeniedException", CiphertextBlob=blob)


def test_a_copy_reads_its_source(
    role: Role, aws: Callable[..., Any], unique: str, cleanup: Callable[..., None]
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    for key in ("a+b", "c"):
        cleanup(s3.delete_object, Bucket=unique, Key=key)
    s3.put_object(Bucket=unique, Key="a+b", Body=b"1")
    copy = {"Bucket": unique, "Key": "c", "CopySource": {"Bucket": unique, "Key": "a+b"}}
    write = statement("s3:PutObject", f"arn:aws:s3:::{unique}/c")
    role.allow(write)
    refused(role.client("s3").copy_object, "AccessDenied", **copy)
    role.allow(write, statement("s3:GetObject", f"arn:aws:s3:::{unique}/a+b"))
    role.client("s3").copy_object(**copy)


def test_a_session_policy_limits_the_session(role: Role, queue: str) -> None:
    role.allow(statement("sqs:*", "*"))
    limited = role.client("sqs", Policy=document(statement("sqs:ReceiveMessage", "*")))
    limited.receive_message(QueueUrl=queue)
    with pytest.raises(ClientError, match="because no session policy allows the sqs:SendMessage action"):
        limited.send_message(QueueUrl=queue, MessageBody="m")


def test_a_user_with_a_group(aws: Callable[..., Any], unique: str, cleanup: Callable[..., None], queue: str) -> None:
    iam = aws("iam")
    iam.create_group(GroupName=unique)
    iam.put_group_policy(GroupName=unique, PolicyName="p", PolicyDocument=document(statement("sqs:Send*", "*")))
    iam.create_user(UserName=unique)
    iam.add_user_to_group(GroupName=unique, UserName=unique)
    key = iam.create_access_key(UserName=unique)["AccessKey"]
    sqs = client("sqs", key)
    sqs.send_message(QueueUrl=queue, MessageBody="m")
    refused(sqs.receive_message, "AccessDenied", QueueUrl=queue)
    iam.update_access_key(UserName=unique, AccessKeyId=key["AccessKeyId"], Status="Inactive")
    refused(client("sts", key).get_caller_identity, "InvalidClientTokenId")


def test_who_may_assume_a_role(role: Role, aws: Callable[..., Any], cleanup: Callable[..., None]) -> None:
    target = Role(f"{role.name}-target")
    cleanup(target.remove)
    sts = role.client("sts")
    role.allow(statement("sts:AssumeRole", target.arn))
    refused(sts.assume_role, "AccessDenied", RoleArn=target.arn, RoleSessionName="other")
    trust = {"Effect": "Allow", "Principal": {"AWS": role.arn}, "Action": "sts:AssumeRole"}
    aws("iam").update_assume_role_policy(RoleName=target.name, PolicyDocument=document(trust))
    sts.assume_role(RoleArn=target.arn, RoleSessionName="other")


def test_credentials_that_nobody_has(role: Role) -> None:
    credentials = role.credentials()
    assert client("sts", credentials).get_caller_identity()["Arn"] == role.session
    forged = {**credentials, "SessionToken": "another"}
    refused(client("kms", forged).list_keys, "UnrecognizedClientException")
    stale = {**credentials, "AccessKeyId": "LSIAQAAAAAAAAAAAAAAA"}
    refused(client("s3", stale).list_buckets, "InvalidAccessKeyId")


def test_names_that_are_no_arns_are_refused_like_others(role: Role) -> None:
    refused(
        role.client("kms").sign, "AccessDeniedException", KeyId="arn:x", Message=b"m", SigningAlgorithm="ECDSA_SHA_256"
    )
    secrets, strange = role.client("secretsmanager"), "arn:aws:secretsmanager:mars-1:12:secret:x"
    refused(secrets.get_secret_value, "AccessDeniedException", SecretId=strange)
    refused(role.client("sns").publish, "AuthorizationError", TopicArn="arn:aws:sns:mars-1", Message="m")


def test_a_role_that_does_not_exist_allows_nothing(role: Role) -> None:
    role.arn = f"{role.arn}-absent"
    refused(role.client("kms").list_keys, "AccessDeniedException", "no identity-based policy allows the kms:ListKeys")


def test_what_has_no_rule_needs_the_action_only(role: Role) -> None:
    states = role.client("stepfunctions")
    refused(states.list_state_machines, "AccessDeniedException")
    role.allow(statement("states:List*", "arn:aws:states:us-east-1:000000000000:stateMachine:one"))
    states.list_state_machines()


def test_a_role_is_passed_with_a_permission_only(role: Role, aws: Callable[..., Any], unique: str) -> None:
    container = {"name": "a", "image": "a", "memory": 64}
    definition = {"family": unique, "taskRoleArn": role.arn, "containerDefinitions": [container]}
    role.allow(statement("ecs:*", "*"))
    ecs = role.client("ecs")
    with pytest.raises(ClientError, match="is not authorized to perform: iam:PassRole on resource"):
        ecs.register_task_definition(**definition)
    condition = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    role.allow(statement("ecs:*", "*"), statement("iam:PassRole", role.arn, Condition=condition))
    arn = ecs.register_task_definition(**definition)["taskDefinition"]["taskDefinitionArn"]
    aws("ecs").deregister_task_definition(taskDefinition=arn)
