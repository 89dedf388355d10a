"""API Gateway v2's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def bad_request(message: str) -> ServiceError:
    return ServiceError("BadRequestException", message)


def conflict(message: str) -> ServiceError:
    return ServiceError("ConflictException", message, 409)


def has_mappings(kind: str, domain_names: list[str]) -> ServiceError:
    """Returns the error for the deletion of an API or stage that custom domain names serve."""
    return bad_request(
        f"Deleting {kind} failed. Please remove all base path mappings related to the {kind} in your domains: "
        + ", ".join(domain_names)
    )


def not_found(kind: str, identifier: str) -> ServiceError:
    return ServiceError("NotFoundException", f"Invalid {kind} identifier specified {identifier}", 404)


def no_route(key: str) -> ServiceError:
    """Returns the error for settings of a route that the API does not have."""
    return ServiceError(
        "NotFoundException", f"Unable to find Route by key {key} within the provided RouteSettings", 404
    )


def not_supported(what: str) -> ServiceError:
    """Returns the error for what AWS has and the local service has not."""
    return bad_request(f"{what} is not supported by the local API Gateway")
