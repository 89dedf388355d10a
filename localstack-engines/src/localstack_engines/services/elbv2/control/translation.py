"""From the records of a load balancer to what its HAProxy serves."""

from collections.abc import Mapping

from localstack_engines.gateway.model import Server
from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.attributes import RESPONSE_HEADERS, SERVER_HEADER
from localstack_engines.services.elbv2.engine import model
from localstack_engines.services.elbv2.engine.health_check import Check, matching_codes
from localstack_engines.services.elbv2.models import (
    CONDITION_CONFIGS,
    Json,
    Listener,
    LoadBalancer,
    Rule,
    Target,
    TargetGroup,
)
from localstack_engines.services.elbv2.store import Store

TRAFFIC_PORT = "traffic-port"

_BALANCE = {"round_robin": "roundrobin", "least_outstanding_requests": "leastconn", "weighted_random": "random"}


def load_balancer(store: Store, balancer: LoadBalancer, log_port: int | None, *, logs_all: bool) -> model.LoadBalancer:
    """Returns what a load balancer serves now. `log_port` is LocalStack's port for lines about its requests, if any.

    With `logs_all` a line has all that an access log says.
    """
    groups = [group for arn in sorted(set(records.target_groups_of(balancer))) if (group := store.target_group(arn))]
    listeners = sorted(balancer.listeners.values(), key=lambda one: one.arn)
    return model.LoadBalancer(
        trusted=balancer.interface.network.resolver,
        listeners=tuple(_listener(store, listener) for listener in listeners),
        pools=tuple(pool(group, balancer) for group in groups),
        options=_options(balancer.attributes, log_port, logs_all=logs_all),
        servers={group.id: servers(group) for group in groups},
    )


def servers(group: TargetGroup) -> tuple[Server, ...]:
    """Returns the healthy targets of a group. When none is healthy, all targets get requests, as on AWS."""
    registered = [target for target in list(group.targets.values()) if not target.is_draining]
    healthy = [target for target in registered if target.state in ("healthy", "unavailable")]
    return tuple(sorted({server(target) for target in healthy or registered}))


def server(target: Target) -> Server:
    return Server(address=target.address, port=target.port)


def check(group: TargetGroup, target: Target) -> Check:
    """Returns the health check of a target."""
    settings = group.check
    port = settings["HealthCheckPort"]
    return Check(
        protocol=settings["HealthCheckProtocol"],
        port=target.port if port == TRAFFIC_PORT else int(port),
        path=settings.get("HealthCheckPath") or "/",
        codes=matching_codes(settings["Matcher"]["HttpCode"]) if settings.get("Matcher") else frozenset(),
        interval=settings["HealthCheckIntervalSeconds"],
        timeout=settings["HealthCheckTimeoutSeconds"],
        healthy_after=settings["HealthyThresholdCount"],
        unhealthy_after=settings["UnhealthyThresholdCount"],
    )


def _listener(store: Store, listener: Listener) -> model.Listener:
    return model.Listener(
        id=f"l{listener.id}",
        port=listener.port,
        inner_port=listener.inner_port,
        protocol=listener.protocol,
        rules=tuple(_rule(store, rule) for rule in listener.ordered_rules),
        tls=_tls(listener) if listener.ssl_policy else None,
        response_headers=tuple(
            (name, listener.attributes[key]) for key, name in RESPONSE_HEADERS.items() if listener.attributes.get(key)
        ),
        shows_server=listener.attributes.get(SERVER_HEADER) != "false",
    )


def _tls(listener: Listener) -> model.Tls:
    policy = next(one for one in records.security_policies() if one["name"] == listener.ssl_policy)
    versions = sorted(version if "." in version else f"{version}.0" for version in policy["ssl_protocols"])
    # A certificate that ACM no longer has is left out; AWS does not let a certificate in use be deleted.
    texts = [text for arn in listener.certificates if (text := records.certificate(arn))]
    return model.Tls(
        certificates=tuple(texts),
        minimum=versions[0],
        maximum=versions[-1],
        ciphers=tuple(cipher["name"] for cipher in sorted(policy["ciphers"], key=lambda one: one["priority"])),
    )


def _rule(store: Store, rule: Rule) -> model.Rule:
    return model.Rule(
        id=f"r{rule.arn.rsplit('/', 1)[-1]}",
        conditions=tuple(_condition(condition) for condition in rule.conditions),
        action=_action(store, rule.actions[-1]),
    )


def _condition(condition: Json) -> model.Condition:
    field = condition["Field"]
    config = condition[CONDITION_CONFIGS[field]]
    if field == "query-string":
        pairs = tuple((pair.get("Key") or "", pair["Value"]) for pair in config["Values"])
        return model.Condition(field=field, pairs=pairs)
    return model.Condition(field=field, values=tuple(config["Values"]), name=config.get("HttpHeaderName", ""))


def _action(store: Store, action: Json) -> model.Action:
    if action["Type"] == "redirect":
        config = action["RedirectConfig"]
        return model.Redirect(
            status=int(config["StatusCode"].removeprefix("HTTP_")),
            protocol=config["Protocol"],
            host=config["Host"],
            port=config["Port"],
            path=config["Path"],
            query=config["Query"],
        )
    if action["Type"] == "fixed-response":
        config = action["FixedResponseConfig"]
        return model.FixedResponse(
            status=int(config["StatusCode"]),
            content_type=config.get("ContentType") or "text/plain",
            body=config.get("MessageBody") or "",
        )
    entries = action["ForwardConfig"]["TargetGroups"]
    found = [(store.target_group(entry["TargetGroupArn"]), entry["Weight"]) for entry in entries]
    return model.Forward(pools=tuple((group.id, weight) for group, weight in found if group))


def pool(group: TargetGroup, balancer: LoadBalancer) -> model.Pool:
    """Returns a target group as a load balancer sees it."""
    attributes = group.attributes
    is_sticky = attributes.get("stickiness.enabled") == "true"
    return model.Pool(
        id=group.id,
        protocol=group.protocol,
        balance=_BALANCE[attributes.get("load_balancing.algorithm.type", "round_robin")],
        http2=group.protocol_version == "HTTP2",
        stickiness=_stickiness(attributes) if is_sticky and balancer.is_application else None,
        sends_proxy=attributes.get("proxy_protocol_v2.enabled") == "true",
        by_source=is_sticky and not balancer.is_application,
    )


def _stickiness(attributes: Mapping[str, str]) -> model.Stickiness:
    kind = attributes["stickiness.type"]
    seconds = int(attributes[f"stickiness.{kind}.duration_seconds"])
    return model.Stickiness(
        seconds=seconds, cookie=attributes["stickiness.app_cookie.cookie_name"] if kind == "app_cookie" else None
    )


def _options(attributes: Mapping[str, str], log_port: int | None, *, logs_all: bool) -> model.Options:
    def is_on(key: str) -> bool:
        return attributes.get(key) == "true"

    def number(key: str, default: int) -> int:
        return int(attributes.get(key, default))

    return model.Options(
        # A Network Load Balancer drops a TCP connection that has been idle for 350 seconds.
        idle_timeout=number("idle_timeout.timeout_seconds", 350),
        keep_alive=number("client_keep_alive.seconds", 3600),
        http2=attributes.get("routing.http2.enabled", "true") == "true",
        forwarded_for=attributes.get("routing.http.xff_header_processing.mode", "append"),
        preserves_host=is_on("routing.http.preserve_host_header.enabled"),
        drops_invalid_headers=is_on("routing.http.drop_invalid_header_fields.enabled"),
        tls_headers=is_on("routing.http.x_amzn_tls_version_and_cipher_suite.enabled"),
        log_port=log_port,
        logs_all=logs_all,
        client_port=is_on("routing.http.xff_client_port.enabled"),
    )
