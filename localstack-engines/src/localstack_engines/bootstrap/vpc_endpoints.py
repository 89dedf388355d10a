"""Requests of AWS's APIs from a VPC are answered only if they reach the API: see network/endpoints.

HAProxy says where a request comes from, and closes the connection of one that is not answered.
"""

import logging
from typing import Any

from localstack_engines.gateway import headers
from localstack_engines.network.endpoints.mode import mode
from localstack_engines.network.endpoints.names import endpoint_service

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
    # The import takes long and is not needed before the first request.
    from localstack_engines.network.endpoints import reachability

    service = endpoint_service(context.service.endpoint_prefix, context.region, context.operation.name)
    if reachability.path_from(source, service).problem:
        response.status_code = 503
        response.headers[headers.UNREACHABLE] = "1"
        chain.stop()
