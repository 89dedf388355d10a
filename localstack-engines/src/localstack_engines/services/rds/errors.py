"""RDS's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def invalid_value(message: str) -> ServiceError:
    return ServiceError("InvalidParameterValue", message)


def invalid_combination(message: str) -> ServiceError:
    return ServiceError("InvalidParameterCombination", message)


def invalid_state(message: str) -> ServiceError:
    return ServiceError("InvalidDBInstanceState", message)


def instance_not_found(identifier: str) -> ServiceError:
    return ServiceError("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)


def unknown_family(family: str) -> ServiceError:
    return invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")


def unknown_version(engine: str, version: str) -> ServiceError:
    return invalid_combination(f"Cannot find version {version} for {engine}")
