"""Answers requests to the plugin's services that LocalStack's parser refuses, which LocalStack answers with 500.

An operation that this version of the model does not have is not implemented. A value of the wrong type is the client's.
"""

from typing import Any

from localstack_engines.bootstrap import entry_points


def install() -> None:
    """Adds the answer to LocalStack's handlers. LocalStack's own answer replaces that of an exception handler."""
    from localstack.aws import handlers

    handlers.serve_custom_exception_handlers.append(_remember)
    handlers.run_custom_response_handlers.append(_answer)


def _remember(chain: Any, exception: Exception, context: Any, response: Any) -> None:
    from localstack.aws.protocol.parser import RequestParserError

    if isinstance(exception, RequestParserError):
        context.parser_error = exception


def _answer(chain: Any, context: Any, response: Any) -> None:
    from localstack.aws.protocol.serializer import create_serializer

    service, parser_error = context.service, getattr(context, "parser_error", None)
    if parser_error is None or service is None or service.service_name not in entry_points.SERVICES:
        return
    # The serializer wants an operation. It has no effect on an error.
    operation = service.operation_model(service.operation_names[0])
    serializer = create_serializer(service, context.protocol)
    error = _error(parser_error, service.service_name, context.request)
    response.update_from(
        serializer.serialize_error_to_response(error, operation, context.request.headers, context.request_id)
    )


def _error(error: Exception, service: str, request: Any) -> Exception:
    from botocore.model import OperationNotFoundError
    from localstack.aws.api import CommonServiceException
    from localstack.aws.protocol.parser import OperationNotFoundParserError

    if isinstance(error, OperationNotFoundParserError) or isinstance(error.__cause__, OperationNotFoundError):
        message = f"The operation {_operation(request)} is not supported by the local {service} service."
        return CommonServiceException("NotImplementedException", message, status_code=501)
    message = f"The request cannot be parsed: {error.__cause__ or error}"
    return CommonServiceException("SerializationException", message, status_code=400, sender_fault=True)


def _operation(request: Any) -> str:
    """Returns the operation's name, or method and path in an API that addresses its operations by these."""
    target = str(request.headers.get("X-Amz-Target", ""))
    return target.rsplit(".", 1)[-1] or request.values.get("Action") or f"{request.method} {request.path}"
