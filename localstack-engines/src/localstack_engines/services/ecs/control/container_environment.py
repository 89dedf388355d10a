"""What ECS adds to a container's environment variables."""

from typing import Any

from localstack_engines.services.ecs.engine import trust
from localstack_engines.services.ecs.models import Task
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import certificate

AGENT_PATH = "/_aws/ecs/agent"
"""Where LocalStack serves the ECS agent's endpoints."""


def platform_environment(task: Task, container: str, credentials: dict[str, str]) -> dict[str, str]:
    """Returns the variables for the region, endpoint, metadata address, trusted authorities and credentials.

    AWS does not set AWS_ENDPOINT_URL. Here it makes SDKs call LocalStack. Nor does it set the variables of trusted
    authorities, since its servers have public certificates.
    """
    return {
        "AWS_REGION": task.scope.region,
        "AWS_DEFAULT_REGION": task.scope.region,
        "AWS_ENDPOINT_URL": settings.endpoint_url(),
        "AWS_EXECUTION_ENV": f"AWS_ECS_{task.launch_type}",
        "ECS_CONTAINER_METADATA_URI_V4": metadata_uri(task, container),
        "ECS_AGENT_URI": f"{settings.endpoint_url()}{AGENT_PATH}/{task.id}-{container}",
        **dict.fromkeys(certificate.TRUST_VARIABLES, trust.BUNDLE),
        **credentials,
    }


def metadata_uri(task: Task, container: str) -> str:
    return f"{settings.endpoint_url()}/_aws/ecs/v4/{task.id}-{container}"


def task_credentials(sts: Any, task: Task) -> dict[str, str]:
    """Returns variables with credentials of the task's role, or of the account if the task has no role.

    AWS serves credentials at 169.254.170.2. SDKs accept no other address for this, and a machine can have that address
    only once, so the environment holds the credentials. LocalStack's credentials do not expire.
    """
    role = task.effective_definition.get("taskRoleArn")
    if role:
        session = sts.assume_role(RoleArn=role, RoleSessionName=task.id)["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
            "AWS_SESSION_TOKEN": session["SessionToken"],
        }
    return {"AWS_ACCESS_KEY_ID": task.scope.account, "AWS_SECRET_ACCESS_KEY": "local"}
