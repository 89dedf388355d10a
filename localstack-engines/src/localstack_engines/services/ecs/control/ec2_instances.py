"""Makes container instances of EC2's instances: what AWS's agent does when an instance starts."""

import logging
from typing import Any

from localstack_engines.network import ec2, interfaces
from localstack_engines.services.ecs.control import user_data
from localstack_engines.services.ecs.instance_models import ContainerInstance, Resources
from localstack_engines.services.ecs.models import Scope

LOG = logging.getLogger(__name__)

GROUP_TAG = "aws:autoscaling:groupName"
_CAPABILITIES = (
    "com.amazonaws.ecs.capability.docker-remote-api.1.44",
    "com.amazonaws.ecs.capability.logging-driver.awslogs",
    "com.amazonaws.ecs.capability.task-iam-role",
    "ecs.capability.container-health-check",
    "ecs.capability.env-files.s3",
    "ecs.capability.execution-role-awslogs",
    "ecs.capability.secrets.asm.environment-variables",
    "ecs.capability.secrets.ssm.environment-variables",
    "ecs.capability.task-eni",
)
_RUNNING = "running"


def text_of_user_data(instance: Any) -> str:
    """Returns the user data of moto's record of an instance."""
    data = instance.user_data
    if data is None or isinstance(data, str):
        return data or ""
    try:
        return str(data.decode())
    except UnicodeDecodeError:
        # MIME archives and scripts are text. What is compressed cannot be read here.
        return ""


def is_running(instance: Any) -> bool:
    return bool(instance.state == _RUNNING)


def has_ended(instance: Any) -> bool:
    return instance.state in ("terminated", "shutting-down")


def group_name(instance: Any) -> str | None:
    """Returns the name of the Auto Scaling group that an instance belongs to, or None."""
    return next((tag["value"] for tag in instance.get_tags() if tag["key"] == GROUP_TAG), None)


def register(scope: Scope, instance: Any) -> ContainerInstance | None:
    """Returns the container instance that an EC2 instance is for a cluster, or None if it cannot be one.

    Raises SubnetFull or NetworkConflict when this machine has no address for it.
    """
    size = ec2.instance_size(instance.instance_type)
    if size is None:
        LOG.warning("%s: EC2 has no instance type %s", instance.id, instance.instance_type)
        return None
    eni = instance.nics[0]
    vcpus, memory, architecture = size
    attributes = {
        "ecs.ami-id": instance.image_id,
        "ecs.availability-zone": eni.subnet.availability_zone,
        "ecs.cpu-architecture": architecture,
        "ecs.instance-type": instance.instance_type,
        "ecs.os-family": "LINUX",
        "ecs.os-type": "linux",
        "ecs.subnet-id": eni.subnet.id,
        "ecs.vpc-id": eni.subnet.vpc_id,
        **dict.fromkeys(_CAPABILITIES),
        **user_data.attributes_of(text_of_user_data(instance)),
    }
    return ContainerInstance(
        scope,
        instance.id,
        Resources(vcpus * 1024, memory),
        interfaces.adopt(scope.account, scope.region, eni),
        availability_zone=eni.subnet.availability_zone,
        subnet_id=eni.subnet.id,
        attributes=attributes,
    )
