"""Operations on what AWS offers to an account: limits and TLS policies."""

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.toolkit.errors import ServiceError

_LIMITS = {
    "application-load-balancers": 50,
    "target-groups": 3000,
    "targets-per-application-load-balancer": 1000,
    "listeners-per-application-load-balancer": 50,
    "rules-per-application-load-balancer": 100,
    "network-load-balancers": 50,
    "targets-per-network-load-balancer": 3000,
    "targets-per-availability-zone-per-network-load-balancer": 500,
    "listeners-per-network-load-balancer": 50,
    "condition-values-per-alb-rule": 5,
    "condition-wildcards-per-alb-rule": 6,
    "target-groups-per-action-on-application-load-balancer": 5,
    "target-groups-per-action-on-network-load-balancer": 1,
    "certificates-per-application-load-balancer": 25,
    "certificates-per-network-load-balancer": 25,
    "targets-per-target-group": 1000,
    "target-id-registrations-per-application-load-balancer": 1000,
}
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""


class AccountOperations(Operations):
    """Describes limits and TLS policies."""

    def describe_account_limits(self, context: RequestContext, request: Request) -> Response:
        found = [{"Name": name, "Max": str(number)} for name, number in _LIMITS.items()]
        items, more = page(found, request)
        return {"Limits": items, **more}

    def describe_ssl_policies(self, context: RequestContext, request: Request) -> Response:
        found = [
            {
                "Name": policy["name"],
                "SslProtocols": policy["ssl_protocols"],
                "Ciphers": [{"Name": one["name"], "Priority": one["priority"]} for one in policy["ciphers"]],
                "SupportedLoadBalancerTypes": ["application", "network"],
            }
            for policy in records.security_policies()
        ]
        if names := request.get("Names"):
            if missing := sorted(set(names) - {policy["Name"] for policy in found}):
                raise ServiceError("SSLPolicyNotFound", f"SSL policies '{', '.join(missing)}' not found")
            found = [policy for policy in found if policy["Name"] in names]
        items, more = page(found, request)
        return {"SslPolicies": items, **more}
