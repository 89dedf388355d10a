"""Answers DNS queries for the names of load balancers with their addresses."""

from localstack_engines.network.dns import Answer, Query, Record
from localstack_engines.services.elbv2.models import LoadBalancer
from localstack_engines.services.elbv2.store import Store
from localstack_engines.toolkit import settings

_ZONE = f".elb.{settings.ENDPOINT_HOST}"
_TTL = 60
"""Seconds, as on AWS."""


class Names:
    """A source of DNS answers."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, query: Query) -> Answer | None:
        """Returns the load balancer's address in its VPC, for tasks there and for Lambdas.

        From another VPC only LocalStack itself can be reached: that answer comes from another source.
        """
        balancer = next((one for one in self._store.load_balancers() if query.name in _names(one)), None)
        if balancer is None:
            return Answer(exists=False) if query.name.endswith(_ZONE) else None
        if query.type != "A":
            return Answer()
        if query.vpc_id not in (None, balancer.vpc_id):
            return None
        return Answer(records=[Record("A", balancer.interface.address, _TTL)])


def _names(balancer: LoadBalancer) -> set[str]:
    """Returns the names that lead to a load balancer's own address. The edge port has other names of a public one."""
    return {balancer.dns_name.lower(), *(() if balancer.is_public else balancer.aliases)}
