"""Errors of API Gateway v2, in its words."""

from localstack.aws.api import CommonServiceException


class NotFound(CommonServiceException):
    """404."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__("NotFoundException", f"Invalid {kind} identifier specified {identifier}", status_code=404)


class Conflict(CommonServiceException):
    """409."""

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message, status_code=409)


class BadRequest(CommonServiceException):
    """400."""

    def __init__(self, message: str) -> None:
        super().__init__("BadRequestException", message, status_code=400)
