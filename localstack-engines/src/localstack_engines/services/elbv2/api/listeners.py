"""Operations on listeners."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2.api import action_rules, descriptions, tls_rules
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.services.elbv2.api.tag_rules import given_tags
from localstack_engines.services.elbv2.errors import not_supported, validation
from localstack_engines.services.elbv2.models import Listener, LoadBalancer, Rule, new_id
from localstack_engines.toolkit.errors import ServiceError

_PROTOCOLS = {"application": ("HTTP", "HTTPS"), "network": ("TCP", "TLS")}
_MOST_LISTENERS = 50


class ListenerOperations(Operations):
    """Creates, changes, deletes and describes listeners."""

    def create_listener(self, context: RequestContext, request: Request) -> Response:
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        protocol, port = _protocol(balancer, request.get("Protocol")), request.get("Port")
        if port is None:
            raise validation("A port must be specified")
        _check_unsupported(request)
        policy = tls_rules.policy(protocol, request.get("SslPolicy"))
        certificates = tls_rules.certificates(protocol, request.get("Certificates") or [])
        tags, identifier = given_tags(request), new_id()
        with self.balancers.change(balancer):
            _check_port(balancer, port)
            actions = action_rules.stored(self, balancer, protocol, request["DefaultActions"])
            defaults = attributes.defaults(attributes.of_listener(protocol))
            rule = Rule(balancer.rule_arn(identifier, new_id()), "default", [], actions)
            listener = Listener(
                balancer.listener_arn(identifier), port, protocol, [rule], certificates, policy, defaults, tags
            )
            balancer.listeners[listener.arn] = listener
        return {"Listeners": [descriptions.listener(balancer, listener)]}

    def modify_listener(self, context: RequestContext, request: Request) -> Response:
        balancer, _ = self.listener(context, request["ListenerArn"])
        _check_unsupported(request)
        with self.balancers.change(balancer):
            listener = self.listener(context, request["ListenerArn"])[1]
            protocol = _protocol(balancer, request.get("Protocol") or listener.protocol)
            if request.get("Port") not in (None, listener.port):
                _check_port(balancer, request["Port"])
                listener.port = request["Port"]
            kept = listener.ssl_policy if protocol in tls_rules.TLS_PROTOCOLS else None
            listener.ssl_policy = tls_rules.policy(protocol, request.get("SslPolicy") or kept)
            if request.get("Certificates") or protocol != listener.protocol:
                default = tls_rules.certificates(protocol, request.get("Certificates") or [])
                more = [one for one in listener.certificates[1:] if one not in default]
                # Without a default certificate there is no TLS, and no further ones.
                listener.certificates = [*default, *more] if default else []
            rules = {rule.arn: rule.actions for rule in listener.rules}
            if request.get("DefaultActions"):
                rules[listener.default_rule.arn] = request["DefaultActions"]
            for rule in listener.rules:
                rule.actions = action_rules.stored(self, balancer, protocol, rules[rule.arn])
            if protocol != listener.protocol:
                usual = attributes.defaults(attributes.of_listener(protocol))
                listener.attributes = {key: listener.attributes.get(key, value) for key, value in usual.items()}
            listener.protocol = protocol
        return {"Listeners": [descriptions.listener(balancer, listener)]}

    def delete_listener(self, context: RequestContext, request: Request) -> Response:
        balancer, listener = self.listener(context, request["ListenerArn"])
        with self.balancers.change(balancer):
            balancer.listeners.pop(listener.arn, None)
        return {}

    def describe_listeners(self, context: RequestContext, request: Request) -> Response:
        arn, arns = request.get("LoadBalancerArn"), request.get("ListenerArns")
        if bool(arn) == bool(arns):
            raise validation("You must specify either listener ARNs or a load balancer ARN")
        if arn:
            balancer = self.load_balancer(context, arn)
            found = [(balancer, listener) for listener in list(balancer.listeners.values())]
        else:
            found = [self.listener(context, one) for one in arns or []]
        items, more = page(found, request)
        return {"Listeners": [descriptions.listener(*one) for one in items], **more}

    def describe_listener_attributes(self, context: RequestContext, request: Request) -> Response:
        _, listener = self.listener(context, request["ListenerArn"])
        return {"Attributes": attributes.described(listener.attributes)}

    def modify_listener_attributes(self, context: RequestContext, request: Request) -> Response:
        balancer, _ = self.listener(context, request["ListenerArn"])
        with self.balancers.change(balancer):
            listener = self.listener(context, request["ListenerArn"])[1]
            table = attributes.of_listener(listener.protocol)
            listener.attributes = attributes.changed(table, listener.attributes, request["Attributes"])
        return {"Attributes": attributes.described(listener.attributes)}


def _protocol(balancer: LoadBalancer, protocol: str | None) -> str:
    """Returns the protocol. Raises AWS's errors for one that the load balancer, or the local service, does not have."""
    if protocol is None:
        raise validation("A protocol must be specified")
    allowed = _PROTOCOLS[balancer.type]
    if protocol in allowed:
        return protocol
    if not balancer.is_application and protocol in ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC"):
        raise ServiceError(
            "UnsupportedProtocol", f"The protocol '{protocol}' is not supported by the local elbv2 service."
        )
    raise validation(f"Protocol '{protocol}' must be one of '{', '.join(allowed)}'")


def _check_unsupported(request: Request) -> None:
    if (request.get("MutualAuthentication") or {}).get("Mode") not in (None, "off"):
        raise not_supported("Mutual authentication")
    if request.get("AlpnPolicy") not in (None, [], ["None"]):
        raise not_supported("An ALPN policy")


def _check_port(balancer: LoadBalancer, port: int) -> None:
    if any(listener.port == port for listener in balancer.listeners.values()):
        message = f"A listener already exists on this port for this load balancer '{balancer.arn}'"
        raise ServiceError("DuplicateListener", message)
    if len(balancer.listeners) >= _MOST_LISTENERS:
        raise ServiceError("TooManyListeners", f"A load balancer has at most {_MOST_LISTENERS} listeners")
