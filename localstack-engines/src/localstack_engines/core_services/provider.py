"""DynamoDB, DynamoDB Streams and Kinesis, kept in memory by moto.

LocalStack downloads a server for each of them at the first request. Where the download is not possible, that request
ends after minutes. moto is installed with LocalStack and implements the three APIs, with conditions, indexes,
transactions, shards and iterators. See docs/decisions/0013-tables-and-streams-in-memory.md.
"""

import threading
from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext
from localstack.aws.spec import load_service
from localstack.services.moto import call_moto
from localstack.services.plugins import Service

_LOCK = threading.Lock()
"""A condition and the write that it guards are two steps of moto. One operation runs at a time, so they are one."""


def service(name: str) -> Service:
    """Returns the LocalStack service `name` (botocore's name of the API)."""
    from localstack.aws.skeleton import Skeleton

    model = load_service(name)
    return Service(name=name, skeleton=Skeleton(model, dict.fromkeys(model.operation_names, _answer)))


def _answer(context: RequestContext, request: dict) -> Any:
    try:
        with _LOCK:
            return call_moto(context)
    except NotImplementedError as error:
        operation, api = context.operation.name, context.service.service_name
        message = f"The operation {operation} is not supported by the local {api} service."
        raise CommonServiceException("NotImplementedException", message, status_code=501) from error
