"""Translates errors to gRPC statuses and back, so that a service raises the same exceptions for HTTP and gRPC."""

from __future__ import annotations

import grpc

from services.common.errors import (
    Conflict,
    Forbidden,
    NotFound,
    PreconditionFailed,
    Problem,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unprocessable,
)

# As google.rpc.Code maps to HTTP (https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto).
_TO_STATUS: dict[int, grpc.StatusCode] = {
    400: grpc.StatusCode.INVALID_ARGUMENT,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ABORTED,
    412: grpc.StatusCode.FAILED_PRECONDITION,
    422: grpc.StatusCode.INVALID_ARGUMENT,
    429: grpc.StatusCode.RESOURCE_EXHAUSTED,
    503: grpc.StatusCode.UNAVAILABLE,
}


def status_of(problem: Problem) -> grpc.StatusCode:
    """Returns the gRPC status of a problem."""
    return _TO_STATUS.get(problem.status, grpc.StatusCode.INTERNAL)


def problem_of(status: grpc.StatusCode, service: str) -> Problem:
    """Returns the problem for a failed call to another service. Its text is not passed on."""
    if status is grpc.StatusCode.NOT_FOUND:
        return NotFound()
    if status is grpc.StatusCode.UNAUTHENTICATED:
        return Unauthorized("invalid_token", "The access token is missing, expired or not valid here.")
    if status is grpc.StatusCode.PERMISSION_DENIED:
        return Forbidden()
    if status is grpc.StatusCode.INVALID_ARGUMENT:
        return Unprocessable()
    if status is grpc.StatusCode.ABORTED or status is grpc.StatusCode.ALREADY_EXISTS:
        return Conflict()
    if status is grpc.StatusCode.FAILED_PRECONDITION:
        return PreconditionFailed()
    if status is grpc.StatusCode.RESOURCE_EXHAUSTED:
        return TooManyRequests(retry_after=1)
    return Unavailable(f"The {service} service does not answer at the moment.")
