"""The errors with which AWS refuses a request. Code and status depend on the API's protocol.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

from localstack_engines.iam.enforcement.permission import Permission
from localstack_engines.iam.evaluation import Decision
from localstack_engines.iam.principals import Principal
from localstack_engines.toolkit.errors import ServiceError

_FORBIDDEN, _BAD_REQUEST = 403, 400
_CODES = {"sns": "AuthorizationError", "sqs": "AccessDenied", "ec2": "UnauthorizedOperation"}


def denied(
    service: str, protocol: str, principal: Principal, permission: Permission, decision: Decision
) -> ServiceError:
    """Returns the error of a request that is not allowed."""
    json = protocol.startswith("json")
    code = _CODES.get(service) or ("AccessDenied" if _has_xml(protocol) else "AccessDeniedException")
    return ServiceError(code, text(service, principal, permission, decision), _BAD_REQUEST if json else _FORBIDDEN)


def text(service: str, principal: Principal, permission: Permission, decision: Decision) -> str:
    """Returns AWS's sentence. Only S3 puts the resource in quotation marks."""
    resource = permission.names[0]
    quoted = f'"{resource}"' if service == "s3" else resource
    on = f" on resource: {quoted}" if resource is not None else ""
    return f"User: {principal.arn} is not authorized to perform: {permission.action}{on} {decision.reason}"


def expired(service: str, protocol: str) -> ServiceError:
    """Returns the error of a session that is over."""
    if service == "s3":
        return ServiceError("ExpiredToken", "The provided token has expired.", _BAD_REQUEST)
    if _has_xml(protocol):
        return ServiceError("ExpiredToken", "The security token included in the request is expired", _FORBIDDEN)
    status = _BAD_REQUEST if protocol.startswith("json") else _FORBIDDEN
    return ServiceError("ExpiredTokenException", "The security token included in the request is expired", status)


def unknown(service: str, protocol: str) -> ServiceError:
    """Returns the error of an access key that nobody has."""
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return ServiceError("InvalidAccessKeyId", message, _FORBIDDEN)
    message = "The security token included in the request is invalid."
    if _has_xml(protocol):
        return ServiceError("InvalidClientTokenId", message, _FORBIDDEN)
    status = _BAD_REQUEST if protocol.startswith("json") else _FORBIDDEN
    return ServiceError("UnrecognizedClientException", message, status)


def _has_xml(protocol: str) -> bool:
    return protocol in ("query", "ec2", "rest-xml")
