"""The error that an operation raises to answer with AWS's code and message."""

from localstack.aws.api import CommonServiceException


class ServiceError(CommonServiceException):
    """An error in a service's response. The cause is the request."""

    def __init__(self, code: str, message: str, status_code: int = 400) -> None:
        super().__init__(code, message, status_code=status_code, sender_fault=True)
