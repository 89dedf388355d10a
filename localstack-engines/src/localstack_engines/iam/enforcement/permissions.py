"""What a caller of an operation needs to be allowed."""

from collections.abc import Callable, Iterable, Mapping

from localstack_engines.iam.enforcement import arns, objects, records
from localstack_engines.iam.enforcement.actions import action
from localstack_engines.iam.enforcement.arns import UNKNOWN, Members, Rule, Scope
from localstack_engines.iam.enforcement.permission import Permission

_RULES: Mapping[str, Rule] = {
    **arns.RULES,
    "iam": records.role_resource,
    "kms": records.kms_resource,
    "secretsmanager": records.secret_resource,
}

_PASSED_ROLES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("ecs", "RegisterTaskDefinition"): ("taskRoleArn executionRoleArn", "ecs-tasks.amazonaws.com"),
    ("events", "PutRule"): ("RoleArn", "events.amazonaws.com"),
    ("lambda", "CreateFunction"): ("Role", "lambda.amazonaws.com"),
    ("lambda", "UpdateFunctionConfiguration"): ("Role", "lambda.amazonaws.com"),
}
"""The members with roles that a request passes to a service, by service and operation."""


def permissions(service: str, operation: str, scope: Scope, members: Members, method: str = "") -> list[Permission]:
    """Returns what a request needs, all of it. For a service without a rule the resource is unknown."""
    return [*_own(service, operation, scope, members, method), *_passed_roles(service, operation, scope, members)]


def _own(service: str, operation: str, scope: Scope, members: Members, method: str) -> Iterable[Permission]:
    special = _SPECIAL.get((service, operation))
    if special is not None:
        return special(scope, members)
    rule = _RULES.get(service)
    found = list(rule(scope, operation, members)) if rule else [UNKNOWN]
    wanted = action(service, operation, method=method, version=bool(members.get("VersionId")))
    return [Permission(wanted, names) for names in found]


def _transaction(scope: Scope, members: Members) -> Iterable[Permission]:
    return [Permission(wanted, names) for wanted, names in arns.transaction(scope, members)]


def _partiql(scope: Scope, members: Members) -> Iterable[Permission]:
    """The action is that of the statement's first word. Which table it is about, only its parser knows."""
    statements = [members, *(members.get("Statements") or []), *(members.get("TransactStatements") or [])]
    verbs = {
        str(one["Statement"]).split()[0].capitalize() for one in statements if str(one.get("Statement", "")).strip()
    }
    return [Permission(f"dynamodb:PartiQL{verb}", UNKNOWN) for verb in sorted(verbs)]


_SPECIAL: Mapping[tuple[str, str], Callable[[Scope, Members], Iterable[Permission]]] = {
    ("dynamodb", "BatchExecuteStatement"): _partiql,
    ("dynamodb", "ExecuteStatement"): _partiql,
    ("dynamodb", "ExecuteTransaction"): _partiql,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("s3", "CopyObject"): objects.copy,
    ("s3", "DeleteObjects"): objects.deletions,
    ("s3", "UploadPartCopy"): objects.copy,
}


def _passed_roles(service: str, operation: str, scope: Scope, members: Members) -> Iterable[Permission]:
    names, passed_to = _PASSED_ROLES.get((service, operation), ("", None))
    for name in names.split():
        if role := members.get(name):
            arn = role if str(role).startswith("arn:") else records.role_arn(scope, str(role))
            yield Permission("iam:PassRole", (arn,), passed_to)
