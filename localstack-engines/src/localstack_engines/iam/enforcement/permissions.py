"""What a caller of an operation needs to be allowed."""

from collections.abc import Callable, Iterable, Mapping

from localstack_engines.iam.enforcement import arns, objects, records
from localstack_engines.iam.enforcement.actions import action
from localstack_engines.iam.enforcement.arns import ALL, UNKNOWN, Members, Rule, Scope
from localstack_engines.iam.enforcement.permission import Permission

_RULES: Mapping[str, Rule] = {
    **arns.RULES,
    "iam": records.role_resource,
    "kms": records.kms_resource,
    "secretsmanager": records.secret_resource,
}

_TO_TASKS = ("taskRoleArn executionRoleArn", "ecs-tasks.amazonaws.com")
_PASSED_ROLES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("ecs", "CreateExpressGatewayService"): _TO_TASKS,
    ("ecs", "RegisterTaskDefinition"): _TO_TASKS,
    ("ecs", "RunTask"): _TO_TASKS,
    ("ecs", "StartTask"): _TO_TASKS,
    ("ecs", "UpdateExpressGatewayService"): _TO_TASKS,
    ("events", "PutRule"): ("RoleArn", "events.amazonaws.com"),
    ("lambda", "CreateFunction"): ("Role", "lambda.amazonaws.com"),
    ("lambda", "UpdateFunctionConfiguration"): ("Role", "lambda.amazonaws.com"),
}
"""The members, or those of `overrides`, with roles that a request passes to a service, by service and operation."""


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


def _re_encryption(scope: Scope, members: Members) -> Iterable[Permission]:
    """Both keys and both contexts have members of their own. The source may be left to the ciphertext."""
    for side, wanted in (("Source", "ReEncryptFrom"), ("Destination", "ReEncryptTo")):
        own = {name: members.get(f"{side}{name}") for name in ("KeyId", "EncryptionContext", "EncryptionAlgorithm")}
        about = {**own, "CiphertextBlob": members.get("CiphertextBlob")} if side == "Source" else own
        for names in records.kms_resource(scope, wanted, about):
            yield Permission(f"kms:{wanted}", names, about=about)


def _batch_of_secrets(scope: Scope, members: Members) -> Iterable[Permission]:
    """Each secret has to be readable by itself. Which ones filters find, is known afterwards only."""
    yield Permission("secretsmanager:BatchGetSecretValue", ALL)
    if members.get("Filters"):
        yield Permission("secretsmanager:ListSecrets", ALL)
        yield Permission("secretsmanager:GetSecretValue", UNKNOWN)
    for name in members.get("SecretIdList") or []:
        about = {"SecretId": name}
        for names in records.secret_resource(scope, "GetSecretValue", about):
            yield Permission("secretsmanager:GetSecretValue", names, about=about)


def _assumption(scope: Scope, members: Members) -> Iterable[Permission]:
    """Tags and an identity that the session shall have need permissions of their own."""
    wanted = {"AssumeRole": True, "TagSession": members.get("Tags"), "SetSourceIdentity": members.get("SourceIdentity")}
    for names in arns.RULES["sts"](scope, "AssumeRole", members):
        yield from (Permission(f"sts:{name}", names) for name, given in wanted.items() if given)


_SPECIAL: Mapping[tuple[str, str], Callable[[Scope, Members], Iterable[Permission]]] = {
    ("dynamodb", "BatchExecuteStatement"): _partiql,
    ("dynamodb", "ExecuteStatement"): _partiql,
    ("dynamodb", "ExecuteTransaction"): _partiql,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("kms", "ReEncrypt"): _re_encryption,
    ("s3", "CopyObject"): objects.copy,
    ("s3", "CreateMultipartUpload"): objects.write,
    ("s3", "DeleteObjects"): objects.deletions,
    ("s3", "PutObject"): objects.write,
    ("s3", "UploadPartCopy"): objects.copy,
    ("secretsmanager", "BatchGetSecretValue"): _batch_of_secrets,
    ("sts", "AssumeRole"): _assumption,
}


def _passed_roles(service: str, operation: str, scope: Scope, members: Members) -> Iterable[Permission]:
    names, passed_to = _PASSED_ROLES.get((service, operation), ("", None))
    given = members.get("overrides") or members
    for name in names.split():
        if role := given.get(name):
            arn = role if str(role).startswith("arn:") else records.role_arn(scope, str(role))
            yield Permission("iam:PassRole", (arn,), passed_to)
