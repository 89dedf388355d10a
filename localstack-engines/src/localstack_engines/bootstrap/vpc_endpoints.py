"""Requests of AWS's APIs from a VPC are answered only if they reach the API: see network/endpoints.

HAProxy says where a request comes from, and closes the connection of one that is not answered.
"""

import logging
from typing import Any

from localstack_engines.gateway import headers
from localstack_engines.iam import principals
from localstack_engines.iam.enforcement.handler import ENDPOINT_POLICY
from localstack_engines.network.endpoints import reachability
from localstack_engines.network.endpoints.mode import mode
from localstack_engines.network.endpoints.model import Path
from localstack_engines.network.endpoints.names import endpoint_service
from localstack_engines.services.lambda_ import public as functions

_LOOPBACK = "127.0.0.1"
"""Functions are processes of LocalStack's container."""
LOG = logging.getLogger(__name__)


def install() -> None:
    """Adds the handler to LocalStack's chain. Raises ValueError for an unknown mode.

    A VPC's tag may switch it on while LocalStack runs, so it is added in every mode.
    """
    from localstack.aws import handlers

    LOG.info("VPC endpoints: %s", mode())
    handlers.serve_custom_service_request_handlers.append(_requested)


def _requested(chain: Any, context: Any, response: Any) -> None:
    source = context.request.headers.get(headers.SOURCE)
    if not source or context.operation is None or context.is_internal_call:
        return
    service = endpoint_service(context.service.endpoint_prefix, context.region, context.operation.name)
    path = (
        _path_of_function(context.request, service) if source == _LOOPBACK else reachability.path_from(source, service)
    )
    if path.problem:
        response.status_code = 503
        response.headers[headers.UNREACHABLE] = "1"
        chain.stop()
    elif path.policy is not None:
        setattr(context, ENDPOINT_POLICY, path.policy)


def _path_of_function(request: Any, service: str) -> Path:
    """Returns the path of a request with the credentials of a function. What has others passes."""
    from localstack.utils.aws.request_context import extract_access_key_id_from_auth_header

    access_key_id = extract_access_key_id_from_auth_header(request.headers) or ""
    key = principals.find_key(access_key_id) if principals.is_issued(access_key_id) else None
    if key is None or key.principal.role_arn is None:
        return Path()
    function = functions.function_of_session(key.principal.role_arn, key.principal.arn.rpartition("/")[2])
    if function is None:
        return Path()
    return reachability.path_from_subnets(
        function.account,
        function.region,
        function.subnets,
        function.groups,
        f"the function {function.name}",
        service,
    )
