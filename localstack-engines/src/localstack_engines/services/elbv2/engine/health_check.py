"""One health check of a target.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

import http.client
import re
import socket
import ssl
from dataclasses import dataclass

_USER_AGENT = "ELB-HealthChecker/2.0"
_CODES = re.compile("([0-9]{3})(?:-([0-9]{3}))?")


@dataclass(frozen=True, kw_only=True)
class Check:
    """What is asked of a target. `codes` are the HTTP status codes of a healthy one; times are in seconds.

    `healthy_after` and `unhealthy_after` count checks in a row.
    """

    protocol: str
    port: int
    path: str = "/"
    codes: frozenset[int] = frozenset()
    interval: float = 30
    timeout: float = 5
    healthy_after: int = 5
    unhealthy_after: int = 2


@dataclass(frozen=True)
class Outcome:
    """`reason` and `description` are those of DescribeTargetHealth, None when the check has passed."""

    reason: str | None = None
    description: str | None = None

    @property
    def passed(self) -> bool:
        return self.reason is None


PASSED = Outcome()
TIMED_OUT = Outcome("Target.Timeout", "Request timed out")
FAILED = Outcome("Target.FailedHealthChecks", "Health checks failed")


def check_target(check: Check, address: str) -> Outcome:
    """Asks a target once."""
    try:
        if check.protocol in ("HTTP", "HTTPS"):
            status = _status(check, address)
            return PASSED if status in check.codes else _wrong_status(status)
        with socket.create_connection((address, check.port), timeout=check.timeout):
            return PASSED
    except TimeoutError:
        return TIMED_OUT
    except (OSError, http.client.HTTPException):
        return FAILED


def _status(check: Check, address: str) -> int:
    connection = _connection(check, address)
    try:
        connection.request("GET", check.path, headers={"User-Agent": _USER_AGENT, "Connection": "close"})
        return connection.getresponse().status
    finally:
        connection.close()


def _connection(check: Check, address: str) -> http.client.HTTPConnection:
    if check.protocol == "HTTP":
        return http.client.HTTPConnection(address, check.port, timeout=check.timeout)
    # A load balancer does not verify the certificates of its targets, as on AWS.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(address, check.port, timeout=check.timeout, context=context)


def _wrong_status(status: int) -> Outcome:
    return Outcome("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


def matching_codes(matcher: str) -> frozenset[int]:
    """Returns the codes of a matcher, "200,301-302" for instance. Raises ValueError for another form."""
    codes: set[int] = set()
    for part in matcher.split(","):
        found = _CODES.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"'{part}' is no status code and no range of them")
        codes.update(range(int(found[1]), int(found[2] or found[1]) + 1))
    return frozenset(codes)
