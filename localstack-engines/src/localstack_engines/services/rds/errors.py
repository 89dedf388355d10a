"""The errors of the RDS API, with AWS's codes and wording."""

from localstack.aws.api import CommonServiceException


class RdsError(CommonServiceException):
    """An error of the RDS API."""

    def __init__(self, code: str, message: str, status_code: int = 400) -> None:
        super().__init__(code, message, status_code=status_code, sender_fault=True)


def invalid_value(message: str) -> RdsError:
    return RdsError("InvalidParameterValue", message)


def invalid_combination(message: str) -> RdsError:
    return RdsError("InvalidParameterCombination", message)


def invalid_state(message: str) -> RdsError:
    return RdsError("InvalidDBInstanceState", message)


def instance_not_found(identifier: str) -> RdsError:
    return RdsError("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)


def unknown_family(family: str) -> RdsError:
    return invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")


def unknown_version(engine: str, version: str) -> RdsError:
    return invalid_combination(f"Cannot find version {version} for {engine}")


def not_supported(operation: str) -> RdsError:
    return RdsError(
        "NotImplementedException",
        f"The operation {operation} is not supported by the local rds service: it runs single DB instances of "
        "PostgreSQL.",
        501,
    )
