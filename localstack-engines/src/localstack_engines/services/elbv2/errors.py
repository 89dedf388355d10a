"""ELBv2's errors, with AWS's codes and wording."""

from localstack_engines.toolkit.errors import ServiceError


def validation(message: str) -> ServiceError:
    return ServiceError("ValidationError", message)


def invalid_configuration(message: str) -> ServiceError:
    return ServiceError("InvalidConfigurationRequest", message)


def not_permitted(message: str) -> ServiceError:
    return ServiceError("OperationNotPermitted", message)


def in_use(message: str) -> ServiceError:
    return ServiceError("ResourceInUse", message)


def not_supported(feature: str) -> ServiceError:
    return invalid_configuration(f"{feature} is not supported by the local elbv2 service.")


def load_balancer_not_found(what: str = "") -> ServiceError:
    return ServiceError(
        "LoadBalancerNotFound", f"Load balancer '{what}' not found" if what else _none("load balancers")
    )


def listener_not_found() -> ServiceError:
    return ServiceError("ListenerNotFound", _none("listeners"))


def rule_not_found() -> ServiceError:
    return ServiceError("RuleNotFound", _none("rules"))


def target_group_not_found() -> ServiceError:
    return ServiceError("TargetGroupNotFound", _none("target groups"))


def certificate_not_found(arn: str) -> ServiceError:
    return ServiceError("CertificateNotFound", f"Certificate ARN '{arn}' is not valid")


def _none(what: str) -> str:
    return f"One or more {what} not found"
