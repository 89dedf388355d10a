"""moto's records of RDS, and how an instance's record is completed with what really runs."""

import json
import secrets
import string
import uuid
from typing import Any

from localstack.aws.api import RequestContext
from moto.rds.models import DBInstance, DBParameterGroup, RDSBackend, rds_backends

from localstack_engines.services.rds import models
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.errors import RdsError, instance_not_found
from localstack_engines.services.rds.models import Instance, Key
from localstack_engines.toolkit import settings


def backend(context: RequestContext) -> RDSBackend:
    return rds_backends[context.account_id][context.region]


def key(context: RequestContext, identifier: str) -> Key:
    return context.account_id, context.region, identifier.lower()


def record(context: RequestContext, identifier: str) -> DBInstance:
    found = backend(context).databases.get(identifier.lower())
    if found is None:
        raise instance_not_found(identifier)
    return found


def parameter_group(context: RequestContext, name: str | None) -> DBParameterGroup:
    """The group of that name, or the engine's default group, which exists without being created."""
    groups, default = backend(context).db_parameter_groups, f"default.{versions.family()}"
    name = (name or default).lower()
    if name == default and name not in groups:
        description = f"Default parameter group for {versions.family()}"
        groups[name] = DBParameterGroup(backend(context), name, description, versions.family())
    if name not in groups:
        raise RdsError("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}", 404)
    return groups[name]


def chosen_parameters(group: DBParameterGroup) -> dict[str, str]:
    """Name and value of every parameter that somebody set in the group."""
    return {
        name: str(parameter["ParameterValue"])
        for name, parameter in group.parameters.items()
        if parameter.get("ParameterValue") is not None
    }


def adopt(found: DBInstance, instance: Instance) -> None:
    """Tell moto's record what only the engine knows, so that its filters and snapshots are true as well."""
    found.dbi_resource_id = instance.resource_id
    found.port = instance.port


def complete(description: dict[str, Any], instance: Instance | None) -> dict[str, Any]:
    """A DBInstance of moto's response with the status, the address and the id of the real server."""
    if instance is None:
        return description
    description["DBInstanceStatus"] = instance.status
    description["DbiResourceId"] = instance.resource_id
    description["DbInstancePort"] = 0
    if instance.state == models.CREATING:
        # AWS names no endpoint before there is one.
        description.pop("Endpoint", None)
    else:
        description["Endpoint"] = {"Address": settings.endpoint_host(), "Port": instance.port}
    for group in description.get("DBParameterGroups") or []:
        group["ParameterApplyStatus"] = instance.parameter_status
    if instance.state == models.FAILED:
        status = {"StatusType": "engine", "Normal": False, "Status": "error", "Message": instance.failure}
        description["StatusInfos"] = [status]
    return description


def generate_master_password(found: DBInstance) -> str:
    """A fresh password in the instance's managed secret (moto puts a well-known one there)."""
    alphabet = string.ascii_letters + string.digits + "!#$%&()*+-.:;<=>?[]^_{|}~"
    password = "".join(secrets.choice(alphabet) for _ in range(28))
    value = json.dumps({"username": found.master_username, "password": password})
    secret = found.master_user_secret
    secret.secretsmanager.put_secret_value(secret.secret_arn, value, None, str(uuid.uuid4()), ["AWSCURRENT"])
    return password
