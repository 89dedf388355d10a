"""A rule, a statement or a secret that is missing is missed as on AWS, and all works again once it is back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from lab.waiting import until
from ops import api, aws, settings
from tests.e2e.tasks import GRPC_PORT, healthy_tasks
from tests.support import logs
from tests.support.people import PASSWORD, Person, new_patient, register

DENIED = f"{settings.EDGE_URL}/_localstack/engines/network/denied"


def replace_tasks(service: str) -> None:
    """Stops all tasks of a service."""
    for task in aws.tasks(service):
        aws.client("ecs").stop_task(cluster=settings.CLUSTER, task=task["taskArn"], reason="a test")


def stable(service: str) -> None:
    """Waits until a service has as many healthy tasks as it wants."""

    def is_stable() -> bool:
        [found] = [one for one in aws.services() if one["serviceName"] == service]
        return len(healthy_tasks(service)) == found["desiredCount"]

    until(f"{service} to be healthy", is_stable, 180)


@contextmanager
def without_grpc_rules(service: str) -> Iterator[None]:
    """Takes away the rules that let other services in at a service's gRPC port."""
    ec2 = aws.client("ec2")
    [described] = [one for one in aws.services() if one["serviceName"] == service]
    group = described["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"][0]
    rules = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    taken = [rule for rule in rules if rule.get("FromPort") == rule.get("ToPort") == GRPC_PORT]
    assert taken
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=taken)
    try:
        yield
    finally:
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=taken)


@contextmanager
def without_statement(service: str, action: str, condition: str) -> Iterator[None]:
    """Takes the statements with this action and condition key away from the role of a service's tasks."""
    iam, taken = aws.client("iam"), {}
    definition = aws.client("ecs").describe_task_definition(taskDefinition=aws.tasks(service)[0]["taskDefinitionArn"])
    role = definition["taskDefinition"]["taskRoleArn"].rsplit("/", 1)[-1]
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        kept = [one for one in document["Statement"] if action not in one["Action"] or condition not in json.dumps(one)]
        if len(kept) < len(document["Statement"]):
            taken[name] = document
            changed = json.dumps({**document, "Statement": kept})
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=changed)
    assert taken
    try:
        yield
    finally:
        for name, document in taken.items():
            iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(document))


@contextmanager
def without_secret(name: str) -> Iterator[None]:
    """Deletes a secret for a time: it can be restored for seven days."""
    secrets = aws.client("secretsmanager")
    secrets.delete_secret(SecretId=name, RecoveryWindowInDays=7)
    try:
        yield
    finally:
        secrets.restore_secret(SecretId=name)


def logged(service: str, since: float, text: str) -> bool:
    return any(text in message for message in logs.messages(f"/{settings.PREFIX}/{service}", since))


@pytest.mark.timeout(600)
def test_without_an_ingress_rule_calls_time_out(staff: Person) -> None:
    """A deletion asks billing for open invoices. A connection from before would be kept, so billing starts again."""
    patient = staff.http.post("/api/patients", json=new_patient()).json()["id"]

    def deletion() -> int:
        return staff.http.delete(f"/api/patients/{patient}").status_code

    with without_grpc_rules("billing"):
        replace_tasks("billing")
        stable("billing")
        addresses = {aws.private_address(task) for task in aws.tasks("billing")}
        assert deletion() == 503

        def denials() -> list[dict[str, Any]]:
            found = httpx.get(DENIED).json()["denied"]
            return [one for one in found if one["address"] in addresses and one["port"] == GRPC_PORT]

        denied = until("the denial", denials)[0]
        assert denied["direction"] == "ingress"
        assert denied["explanation"].startswith("no ingress rule")
    until("the deletion", lambda: deletion() == 204, 60)


def test_without_a_statement_a_call_is_denied(admin: Person) -> None:
    account, since = register(admin.http)["username"], time.time()
    body = {"username": account, "password": PASSWORD}
    with api.client() as http:
        with without_statement("auth", "kms:Sign", "kms:RequestAlias"):
            assert http.post("/auth/login", json=body).status_code == 503
            until("the reason", lambda: logged("auth", since, "AccessDeniedException"))
        assert http.post("/auth/login", json=body).status_code == 200


@pytest.mark.timeout(600)
def test_without_a_secret_no_task_starts() -> None:
    def reason() -> str:
        ended = [task.get("stoppedReason", "") for task in aws.tasks("notification", "STOPPED")]
        return next((one for one in ended if one.startswith("ResourceInitializationError")), "")

    try:
        with without_secret(f"{settings.PREFIX}/notification/database"):
            replace_tasks("notification")
            assert "unable to pull secrets" in until("a task that could not start", reason, 60)
    finally:
        stable("notification")
