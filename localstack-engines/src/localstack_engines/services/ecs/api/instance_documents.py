"""The EC2 instance that a RegisterContainerInstance request comes from.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html
"""

import json
from typing import Any

from localstack_engines.network import ec2
from localstack_engines.services.ecs.control.ec2_instances import is_running
from localstack_engines.services.ecs.errors import client_exception
from localstack_engines.services.ecs.models import Scope


def ec2_instance(scope: Scope, request: dict[str, Any]) -> Any:
    """Returns EC2's record of the instance that the identity document names.

    EC2 signs no documents here, so no signature is checked: the instance has to run in the caller's account. Raises
    ClientException.
    """
    try:
        document = json.loads(request.get("instanceIdentityDocument") or "")
    except ValueError as error:
        raise client_exception("The instance identity document is no JSON.") from error
    wanted = document.get("instanceId") if isinstance(document, dict) else None
    for record in ec2.instances(scope.account, scope.region):
        if record.id == wanted and is_running(record):
            return record
    raise client_exception(f"The instance identity document names no running EC2 instance: {wanted}.")
