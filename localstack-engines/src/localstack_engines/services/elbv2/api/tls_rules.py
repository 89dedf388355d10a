"""TLS of listeners: policies and certificates."""

from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.errors import certificate_not_found, validation
from localstack_engines.services.elbv2.models import Json
from localstack_engines.toolkit.errors import ServiceError

TLS_PROTOCOLS = ("HTTPS", "TLS")
_DEFAULT_POLICY = "ELBSecurityPolicy-2016-08"


def policy(protocol: str, wanted: str | None) -> str | None:
    """Returns the policy of a listener, None for one without TLS. Raises AWS's errors."""
    if protocol not in TLS_PROTOCOLS:
        if wanted:
            raise validation(f"A security policy is not supported for a listener of the protocol '{protocol}'")
        return None
    name = wanted or _DEFAULT_POLICY
    if all(known["name"] != name for known in records.security_policies()):
        raise ServiceError("SSLPolicyNotFound", f"SSL policy '{name}' not found")
    return name


def certificates(protocol: str, wanted: list[Json]) -> list[str]:
    """Returns the ARN of a listener's default certificate in a list, empty without TLS. Raises AWS's errors."""
    if protocol not in TLS_PROTOCOLS:
        if wanted:
            raise validation(f"Certificates are not supported for a listener of the protocol '{protocol}'")
        return []
    if not wanted:
        raise ServiceError("CertificateNotFound", f"A certificate must be specified for {protocol} listeners")
    if len(wanted) > 1:
        raise validation("Up to one certificate can be specified: add others with AddListenerCertificates")
    return arns(wanted)


def arns(wanted: list[Json]) -> list[str]:
    """Returns the ARNs of certificates that exist. Raises ValidationError or CertificateNotFound."""
    found = []
    for item in wanted:
        if item.get("IsDefault"):
            raise validation("You must not set isDefault")
        arn = item.get("CertificateArn") or ""
        if records.certificate(arn) is None:
            raise certificate_not_found(arn)
        found.append(arn)
    return found
