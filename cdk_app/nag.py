"""cdk-nag's AwsSolutions and HIPAA packs, and every finding that we acknowledge instead of mending, with the reason.

A finding that is not here fails the synth; so does an entry here that no construct needs any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks

from cdk_app.config import StageConfig

SOLUTIONS = "AwsSolutions::AwsSolutions"
HIPAA = "HIPAA.Security::HIPAA.Security"
SERVICE_ROLE = "Policy::arn:<AWS::Partition>:iam::aws:policy/service-role"
KAFKA = "Resource::arn:aws:kafka:<AWS::Region>:<AWS::AccountId>"


@dataclass(frozen=True)
class Acknowledged:
    """`rule` is acknowledged on the constructs whose path, without the stage's prefix, matches `path`."""

    rule: str
    path: str
    reason: str


# Whoever asks these has no token yet, or must be able to check one.
PUBLIC_ROUTES = {
    "*/POST _auth_register": "A newcomer has no token; the service limits what may be set without one.",
    "*/POST _auth_login": "This is where tokens come from; the service slows down guessing per account.",
    "*/POST _auth_refresh": "The access token has expired here; the refresh token in the body is the credential.",
    "*/POST _auth_logout": "Likewise the refresh token in the body: signing out must work with an expired token.",
    "*/GET _.well-known_openid-configuration": "API Gateway itself reads it to verify tokens.",
    "*/GET _.well-known_jwks.json": "Public keys; API Gateway itself reads them to verify tokens.",
    "*/GET _openapi.json": "The description of the API holds no data.",
    "*/GET _docs": "The page that shows the description; it holds no data.",
    "*/GET _docs_{proxy+}": "Its style sheets and scripts.",
}

_TASK_ROLE = "services/*/Task/TaskRole/DefaultPolicy/Resource"
_EXECUTION_ROLE = "services/*/Task/ExecutionRole/DefaultPolicy/Resource"
_OWN_POLICY = (
    "CDK writes a role's grants into a policy of that role alone, which lives and dies with it; nobody edits it."
)
_ROTATION = "Tasks read credentials when they start. They are rotated by an operator together with a new deployment."

EXCEPTIONS = (
    *(Acknowledged(f"{SOLUTIONS}-APIG4", path, reason) for path, reason in PUBLIC_ROUTES.items()),
    *(
        Acknowledged(f"{HIPAA}-IAMNoInlinePolicy", path, _OWN_POLICY)
        for path in (
            _TASK_ROLE,
            _EXECUTION_ROLE,
            "identity/Discovery/Function/ServiceRole/DefaultPolicy/Resource",
            "network/Network/FlowLogRole/DefaultPolicy/Resource",
        )
    ),
    *(
        Acknowledged(rule, path, _ROTATION)
        for rule in (f"{SOLUTIONS}-SMG4", f"{HIPAA}-SecretsManagerRotationEnabled")
        for path in ("data/*/Instance/Secret/Resource", "identity/Admin/Resource")
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AmazonRDSEnhancedMonitoringRole]",
        "data/*/Instance/MonitoringRole/Resource",
        "AWS's own policy for enhanced monitoring: it writes to one log group and follows the feature's needs.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-RDS11",
        "data/*/Instance/Resource",
        "Only the service's own tasks can open a connection; another port would hide nothing from them.",
    ),
    Acknowledged(
        f"{HIPAA}-RDSInBackupPlan",
        "data/*/Instance/Resource",
        "RDS itself backs up daily, keeps 35 days and restores to any second of them; the instance survives its stack.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AWSLambdaBasicExecutionRole]",
        "identity/Discovery/Function/ServiceRole/Resource",
        "AWS's own policy for writing log lines.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM4[{SERVICE_ROLE}/AWSLambdaVPCAccessExecutionRole]",
        "identity/Discovery/Function/ServiceRole/Resource",
        "AWS's own policy for attaching a function to a VPC.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-L1",
        "identity/Discovery/Function/Resource",
        "The same Python as in the service images, so that what they share is tested on one version.",
    ),
    Acknowledged(
        f"{HIPAA}-LambdaDLQ",
        "identity/Discovery/Function/Resource",
        "It is only called synchronously, by the API: the caller sees the failure, no event is lost.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM5[Resource::*]",
        _EXECUTION_ROLE,
        "ecr:GetAuthorizationToken has no resource to name; pulling is granted on one repository.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM5[{KAFKA}:topic/pms-prod/*/pms.*]",
        _TASK_ROLE,
        "The system's own topics on its own cluster, whose UUID is not known before it exists.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-IAM5[{KAFKA}:group/pms-prod/*/*]",
        _TASK_ROLE,
        "Consumer groups on the system's own cluster.",
    ),
    Acknowledged(
        f"{SOLUTIONS}-ECS2",
        "services/*/Task/Resource",
        "Names, ports and ARNs. Credentials come as secrets that ECS injects.",
    ),
)

# Only where the notification service is deployed.
EXCEPTIONS_FOR_SMS = (
    Acknowledged(
        f"{SOLUTIONS}-IAM5[Resource::*]",
        "services/Notification/Task/TaskRole/DefaultPolicy/Resource",
        "sns:Publish to a phone number has no resource to name.",
    ),
)


def check(app: App, config: StageConfig) -> None:
    """Add both packs and acknowledge the exceptions, each on the nodes it is meant for."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), HIPAASecurityChecks(app))
    nodes = {construct.node.path.removeprefix(f"{config.prefix}-"): construct for construct in app.node.find_all()}
    for exception in EXCEPTIONS:
        matching = [path for path in nodes if fnmatchcase(path, exception.path)]
        if not matching:
            raise ValueError(f"nothing needs the exception {exception.rule} on {exception.path} any more")
    for exception in (*EXCEPTIONS, *EXCEPTIONS_FOR_SMS):
        for path, construct in nodes.items():
            if fnmatchcase(path, exception.path):
                Validations.of(construct).acknowledge(Acknowledgment(id=exception.rule, reason=exception.reason))
