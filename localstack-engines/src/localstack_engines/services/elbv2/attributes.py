"""The attributes of load balancers, listeners and target groups: defaults, and the values that have AWS's meaning here.

Source: the reference of API_LoadBalancerAttribute, API_ListenerAttribute and API_TargetGroupAttribute.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from localstack_engines.services.elbv2.errors import not_supported, validation
from localstack_engines.services.elbv2.models import Json

_BOOLEANS = ("true", "false")


@dataclass(frozen=True)
class Attribute:
    """An attribute's default, and what AWS allows: `values`, a range of numbers, or any text.

    `only_default` says that another value is refused, because it would have no effect here.
    """

    default: str
    values: tuple[str, ...] = ()
    numbers: range | None = None
    only_default: bool = False


def _flag(default: str = "false", *, only_default: bool = False) -> Attribute:
    return Attribute(default, _BOOLEANS, only_default=only_default)


def _logs(name: str, *, only_default: bool = True) -> dict[str, Attribute]:
    return {
        f"{name}.s3.enabled": _flag(only_default=only_default),
        f"{name}.s3.bucket": Attribute(""),
        f"{name}.s3.prefix": Attribute(""),
    }


_ANY_BALANCER = {
    "deletion_protection.enabled": _flag(),
    "ipv6.deny_all_igw_traffic": _flag(only_default=True),
    "zonal_shift.config.enabled": _flag(only_default=True),
}
_APPLICATION = {
    **_ANY_BALANCER,
    **_logs("access_logs", only_default=False),
    **_logs("connection_logs"),
    "client_keep_alive.seconds": Attribute("3600", numbers=range(60, 604801)),
    "idle_timeout.timeout_seconds": Attribute("60", numbers=range(1, 4001)),
    "load_balancing.cross_zone.enabled": _flag("true", only_default=True),
    # HAProxy refuses requests of unclear length, whatever the mode.
    "routing.http.desync_mitigation_mode": Attribute("defensive", ("monitor", "defensive", "strictest")),
    "routing.http.drop_invalid_header_fields.enabled": _flag(),
    "routing.http.preserve_host_header.enabled": _flag(),
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": _flag(),
    "routing.http.xff_client_port.enabled": _flag(),
    "routing.http.xff_header_processing.mode": Attribute("append", ("append", "preserve", "remove")),
    "routing.http2.enabled": _flag("true"),
    # There is no firewall that could fail.
    "waf.fail_open.enabled": _flag(),
}
_NETWORK = {
    **_ANY_BALANCER,
    **_logs("access_logs"),
    # A load balancer has one address here, so all targets get its requests, and every name is that address.
    "load_balancing.cross_zone.enabled": _flag(),
    "dns_record.client_routing_policy": Attribute(
        "any_availability_zone",
        ("any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"),
    ),
}
_ANY_GROUP = {
    "deregistration_delay.timeout_seconds": Attribute("300", numbers=range(3601)),
    "stickiness.enabled": _flag(),
    "load_balancing.cross_zone.enabled": Attribute(
        "use_load_balancer_configuration", (*_BOOLEANS, "use_load_balancer_configuration")
    ),
    "target_group_health.dns_failover.minimum_healthy_targets.count": Attribute("1", only_default=True),
    "target_group_health.dns_failover.minimum_healthy_targets.percentage": Attribute("off", only_default=True),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count": Attribute("1", only_default=True),
    "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": Attribute(
        "off", only_default=True
    ),
}
_HTTP_GROUP = {
    **_ANY_GROUP,
    "stickiness.type": Attribute("lb_cookie", ("lb_cookie", "app_cookie")),
    "stickiness.lb_cookie.duration_seconds": Attribute("86400", numbers=range(1, 604801)),
    "stickiness.app_cookie.cookie_name": Attribute(""),
    "stickiness.app_cookie.duration_seconds": Attribute("86400", numbers=range(1, 604801)),
    "slow_start.duration_seconds": Attribute("0", only_default=True),
    "load_balancing.algorithm.type": Attribute(
        "round_robin", ("round_robin", "least_outstanding_requests", "weighted_random")
    ),
    "load_balancing.algorithm.anomaly_mitigation": Attribute("off", only_default=True),
}
_TCP_GROUP = {
    **_ANY_GROUP,
    "deregistration_delay.connection_termination.enabled": _flag(),
    "preserve_client_ip.enabled": _flag(only_default=True),
    "proxy_protocol_v2.enabled": _flag(),
    "stickiness.type": Attribute("source_ip", ("source_ip",)),
    # Connections to a target that has become unhealthy stay: HAProxy does not know of the check's result.
    "target_health_state.unhealthy.connection_termination.enabled": _flag("false", only_default=True),
}
RESPONSE_HEADERS = {
    f"routing.http.response.{name.lower().replace('-', '_')}.header_value": name
    for name in (
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Headers",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Origin",
        "Access-Control-Expose-Headers",
        "Access-Control-Max-Age",
        "Content-Security-Policy",
        "Strict-Transport-Security",
        "X-Content-Type-Options",
        "X-Frame-Options",
    )
}
"""Headers that a listener sets in all responses, by the attributes with their values."""
SERVER_HEADER = "routing.http.response.server.enabled"
_HTTP_LISTENER = {**{key: Attribute("") for key in RESPONSE_HEADERS}, SERVER_HEADER: _flag("true")}
_TCP_LISTENER = {"tcp.idle_timeout.seconds": Attribute("350", only_default=True)}


def of_load_balancer(kind: str) -> Mapping[str, Attribute]:
    """Returns the attributes of a load balancer of the type `application` or `network`."""
    return _APPLICATION if kind == "application" else _NETWORK


def of_target_group(protocol: str) -> Mapping[str, Attribute]:
    """Returns the attributes of a target group of a protocol."""
    return _HTTP_GROUP if protocol in ("HTTP", "HTTPS") else _TCP_GROUP


def of_listener(protocol: str) -> Mapping[str, Attribute]:
    """Returns the attributes of a listener of a protocol."""
    return {"HTTP": _HTTP_LISTENER, "HTTPS": _HTTP_LISTENER, "TCP": _TCP_LISTENER}.get(protocol, {})


def defaults(table: Mapping[str, Attribute]) -> dict[str, str]:
    return {key: attribute.default for key, attribute in table.items()}


def changed(table: Mapping[str, Attribute], current: Mapping[str, str], wanted: Iterable[Json]) -> dict[str, str]:
    """Returns the current attributes with the wanted ones in them.

    Raises ValidationError or InvalidConfigurationRequest, the latter for what has no effect here.
    """
    found = dict(current)
    for item in wanted:
        key, value = item.get("Key") or "", item.get("Value") or ""
        if any(ord(character) < 32 or ord(character) > 126 for character in value):
            raise validation(f"The value of '{key}' has a character that is not printable ASCII")
        attribute = table.get(key)
        if attribute is None:
            raise validation(f"Attribute '{key}' is not recognized")
        _check(key, value, attribute)
        found[key] = value
    return found


def described(attributes: Mapping[str, str]) -> list[Json]:
    return [{"Key": key, "Value": value} for key, value in attributes.items()]


def _check(key: str, value: str, attribute: Attribute) -> None:
    is_number = attribute.numbers is not None and value.isascii() and value.isdigit()
    if attribute.values and value not in attribute.values:
        raise validation(f"'{value}' is not a valid value for '{key}': use one of {', '.join(attribute.values)}")
    if attribute.numbers is not None and not (is_number and int(value) in attribute.numbers):
        first, last = attribute.numbers.start, attribute.numbers.stop - 1
        raise validation(f"'{value}' is not a valid value for '{key}': it must be between {first} and {last}")
    if attribute.only_default and value != attribute.default:
        raise not_supported(f"The value '{value}' of the attribute '{key}'")
