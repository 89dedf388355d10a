"""The cdk-nag checks: the AwsSolutions and HIPAA rule packs, and the findings that are acknowledged with a reason.

A finding that is not acknowledged here fails the synthesis, and so does an acknowledgement that no construct needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks

from cdk_app.config import StageConfig
from cdk_app.constructs.routes import route_construct_id

SOLUTIONS = "AwsSolutions::AwsSolutions"
HIPAA = "HIPAA.Security::HIPAA.Security"
SERVICE_ROLE = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role"
KMS = "Resource::arn:aws:kms:<AWS::Region>:<AWS::AccountId>"


@dataclass(frozen=True, kw_only=True)
class AcknowledgedFinding:
    """A finding that stays as it is, for `reason`."""

    rule: str
    path: str
    """A pattern for the paths of the constructs, without the stage's prefix."""
    reason: str


# The callers of these routes have no token yet, or need the answer to verify one.
PUBLIC_ROUTES = {
    "POST /auth/register": "A new user has no token; the service limits what may be set without one.",
    "POST /auth/login": "This route issues tokens; the service slows down guessing of an account's password.",
    "POST /auth/refresh": "The access token has expired; the refresh token in the body is the credential.",
    "POST /auth/logout": "The refresh token in the body is the credential: signing out works with an expired token.",
    "POST /auth/password-reset": "A user who forgot the password has no token; the answer is the same for everybody.",
    "POST /auth/password-reset/confirm": "The code in the body, which was sent by e-mail, is the credential.",
    "GET /.well-known/openid-configuration": "API Gateway itself reads it to verify tokens.",
    "GET /.well-known/jwks.json": "Public keys; API Gateway itself reads them to verify tokens.",
    "GET /openapi.json": "The description of the API contains no data.",
    "GET /docs": "The page that shows the description contains no data.",
    "GET /docs/{proxy+}": "The style sheets and scripts of the documentation page.",
}

_TASK_ROLE = "services/*/Task/TaskRole/DefaultPolicy/Resource"
_EXECUTION_ROLE = "services/*/Task/ExecutionRole/DefaultPolicy/Resource"
_OWN_POLICY = "CDK writes a role's grants into a policy that belongs to this role alone and is deleted with it."
_ROTATION = "Tasks read credentials when they start. An operator rotates them together with a new deployment."

_ROUTE_FINDINGS = tuple(
    AcknowledgedFinding(rule=f"{SOLUTIONS}-APIG4", path=f"*/{route_construct_id(route_key)}", reason=reason)
    for route_key, reason in PUBLIC_ROUTES.items()
)

_POLICY_FINDINGS = (
    *(
        AcknowledgedFinding(rule=f"{HIPAA}-IAMNoInlinePolicy", path=path, reason=_OWN_POLICY)
        for path in (
            _TASK_ROLE,
            _EXECUTION_ROLE,
            "identity/Discovery/Function/ServiceRole/DefaultPolicy/Resource",
            "network/Network/FlowLogRole/DefaultPolicy/Resource",
        )
    ),
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-IAM5[Resource::*]",
        path=_EXECUTION_ROLE,
        reason="ecr:GetAuthorizationToken supports no resource; pulling is granted on one repository.",
    ),
    *(
        AcknowledgedFinding(
            rule=f"{SOLUTIONS}-IAM5[{KMS}:key/*]",
            path=path,
            reason="A condition admits only the keys behind the signing aliases, which a rotation replaces.",
        )
        for path in (_TASK_ROLE, "identity/Discovery/Function/ServiceRole/DefaultPolicy/Resource")
    ),
)

_DATABASE_FINDINGS = (
    *(
        AcknowledgedFinding(rule=rule, path=path, reason=_ROTATION)
        for rule in (f"{SOLUTIONS}-SMG4", f"{HIPAA}-SecretsManagerRotationEnabled")
        for path in ("data/*/Instance/Secret/Resource", "identity/Admin/Resource")
    ),
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AmazonRDSEnhancedMonitoringRole]",
        path="data/*/Instance/MonitoringRole/Resource",
        reason="AWS maintains this policy for enhanced monitoring. It allows writing to one log group.",
    ),
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-RDS11",
        path="data/*/Instance/Resource",
        reason="Only the service's own tasks can open a connection, so another port would hide nothing.",
    ),
    AcknowledgedFinding(
        rule=f"{HIPAA}-RDSInBackupPlan",
        path="data/*/Instance/Resource",
        reason="RDS backs up daily and restores to any second of the last 35 days; the instance survives its stack.",
    ),
)

_FUNCTION_FINDINGS = (
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AWSLambdaBasicExecutionRole]",
        path="identity/Discovery/Function/ServiceRole/Resource",
        reason="AWS maintains this policy for writing log lines.",
    ),
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AWSLambdaVPCAccessExecutionRole]",
        path="identity/Discovery/Function/ServiceRole/Resource",
        reason="AWS maintains this policy for attaching a function to a VPC.",
    ),
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-L1",
        path="identity/Discovery/Function/Resource",
        reason="The function runs on the Python version of the service images, which the tests cover.",
    ),
    AcknowledgedFinding(
        rule=f"{HIPAA}-LambdaDLQ",
        path="identity/Discovery/Function/Resource",
        reason="The API calls it synchronously: the caller sees the failure and no event is lost.",
    ),
)

_TASK_FINDINGS = (
    AcknowledgedFinding(
        rule=f"{SOLUTIONS}-ECS2",
        path="services/*/Task/Resource",
        reason="The variables are names, ports and ARNs. ECS injects credentials as secrets.",
    ),
)


def add_checks(app: App, *, config: StageConfig) -> None:
    """Adds both rule packs to `app` and acknowledges each finding on the constructs that it names.

    Raises ValueError when no construct has the path of an acknowledged finding.
    """
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), HIPAASecurityChecks(app))
    constructs = {construct.node.path.removeprefix(f"{config.prefix}-"): construct for construct in app.node.find_all()}
    for finding in _findings(config):
        paths = [path for path in constructs if fnmatchcase(path, finding.path)]
        if not paths:
            raise ValueError(f"no construct {finding.path} needs the acknowledgement of {finding.rule}")
        for path in paths:
            Validations.of(constructs[path]).acknowledge(Acknowledgment(id=finding.rule, reason=finding.reason))


def _findings(config: StageConfig) -> tuple[AcknowledgedFinding, ...]:
    return (
        *_ROUTE_FINDINGS,
        *_POLICY_FINDINGS,
        *_DATABASE_FINDINGS,
        *_FUNCTION_FINDINGS,
        *_TASK_FINDINGS,
    )
