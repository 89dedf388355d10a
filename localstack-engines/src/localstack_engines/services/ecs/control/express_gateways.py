"""The load balancers that Express services share: each has a listener for HTTPS with a certificate for their names.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-work.html
"""

import secrets
import threading
from contextlib import ExitStack
from typing import Any

from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.express_models import PUBLIC, Gateway, Network
from localstack_engines.services.ecs.models import Scope
from localstack_engines.toolkit import settings

_MOST_SERVICES = 25
"""As many services share one load balancer."""
_PORT = 443
_MANAGED = {"Key": "AmazonECSManaged", "Value": "true"}


def zone(region: str) -> str:
    """Returns the domain of the endpoints in a region."""
    return f"ecs.{region}.{settings.endpoint_host()}"


class Gateways:
    """Makes a load balancer for the first service of some subnets, and removes it after the last one."""

    def __init__(self) -> None:
        self._gateways: list[Gateway] = []
        self._lock = threading.Lock()

    def join(self, scope: Scope, network: Network, service_arn: str) -> Gateway:
        """Returns the gateway for a service in these subnets, which uses it from now on."""
        with self._lock:
            gateway = next((one for one in self._gateways if _fits(one, scope, network)), None)
            if gateway is None:
                gateway = _make(scope, network)
                self._gateways.append(gateway)
            gateway.services.add(service_arn)
            return gateway

    def leave(self, gateway: Gateway, service_arn: str) -> None:
        """Removes a gateway with its last service."""
        with self._lock:
            gateway.services.discard(service_arn)
            if not gateway.services and gateway in self._gateways:
                self._gateways.remove(gateway)
                _remove(gateway)


def _fits(gateway: Gateway, scope: Scope, network: Network) -> bool:
    same_place = (gateway.account, gateway.region) == (scope.account, scope.region)
    same_subnets = set(gateway.network.subnets) == set(network.subnets)
    return same_place and same_subnets and len(gateway.services) < _MOST_SERVICES


def _make(scope: Scope, network: Network) -> Gateway:
    """Makes a gateway, or nothing at all when a part of it fails. Raises ClientError."""
    name = f"ecs-express-gateway-alb-{secrets.token_hex(4)}"
    gateway = Gateway(scope.account, scope.region, network)
    elb, ec2, acm = (account_client(scope.account, scope.region, service) for service in ("elbv2", "ec2", "acm"))
    with ExitStack() as undo:
        gateway.security_group = ec2.create_security_group(
            GroupName=name, Description="The load balancer of ECS Express services", VpcId=network.vpc_id
        )["GroupId"]
        undo.callback(ec2.delete_security_group, GroupId=gateway.security_group)
        ec2.create_tags(Resources=[gateway.security_group], Tags=[_MANAGED])
        ec2.authorize_security_group_ingress(
            GroupId=gateway.security_group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": _PORT,
                    "ToPort": _PORT,
                    "IpRanges": [{"CidrIp": _clients(ec2, network)}],
                }
            ],
        )
        gateway.certificate_arn = acm.request_certificate(
            DomainName=f"*.{zone(scope.region)}", ValidationMethod="DNS", Tags=[_MANAGED]
        )["CertificateArn"]
        undo.callback(acm.delete_certificate, CertificateArn=gateway.certificate_arn)
        balancer = elb.create_load_balancer(
            Name=name,
            Type="application",
            Scheme="internet-facing" if network.access_type == PUBLIC else "internal",
            Subnets=list(network.subnets),
            SecurityGroups=[gateway.security_group],
            Tags=[_MANAGED],
        )["LoadBalancers"][0]
        gateway.balancer_arn = balancer["LoadBalancerArn"]
        undo.callback(elb.delete_load_balancer, LoadBalancerArn=gateway.balancer_arn)
        gateway.listener_arn = elb.create_listener(
            LoadBalancerArn=gateway.balancer_arn,
            Protocol="HTTPS",
            Port=_PORT,
            Certificates=[{"CertificateArn": gateway.certificate_arn}],
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
            Tags=[_MANAGED],
        )["Listeners"][0]["ListenerArn"]
        undo.pop_all()
    return gateway


def _remove(gateway: Gateway) -> None:
    """Removes all parts of a gateway, the others also when one cannot be removed. Raises the last error."""
    clients = {name: account_client(gateway.account, gateway.region, name) for name in ("elbv2", "ec2", "acm")}
    with ExitStack() as parts:
        parts.callback(clients["ec2"].delete_security_group, GroupId=gateway.security_group)
        parts.callback(clients["acm"].delete_certificate, CertificateArn=gateway.certificate_arn)
        parts.callback(clients["elbv2"].delete_load_balancer, LoadBalancerArn=gateway.balancer_arn)


def _clients(ec2: Any, network: Network) -> str:
    """Returns the addresses that may call: everybody, or the VPC's own of a private service."""
    if network.access_type == PUBLIC:
        return "0.0.0.0/0"
    return str(ec2.describe_vpcs(VpcIds=[network.vpc_id])["Vpcs"][0]["CidrBlock"])
