"""What ECS adds to a container's environment variables."""

from localstack_engines.services.ecs.control import task_credentials
from localstack_engines.services.ecs.engine import trust
from localstack_engines.services.ecs.models import Task
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import certificate

AGENT_PATH = "/_aws/ecs/agent"
"""Where LocalStack serves the ECS agent's endpoints."""


def platform_environment(task: Task, container: str) -> dict[str, str]:
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
        **task_credentials.environment(task),
    }


def metadata_uri(task: Task, container: str) -> str:
    return f"{settings.endpoint_url()}/_aws/ecs/v4/{task.id}-{container}"
