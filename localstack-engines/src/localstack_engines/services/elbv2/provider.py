"""The ELBv2 service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.metrics import collector
from localstack_engines.network import dns
from localstack_engines.network.security_groups import records
from localstack_engines.services.elbv2.api.absent_resources import AbsentResourceOperations
from localstack_engines.services.elbv2.api.account import AccountOperations
from localstack_engines.services.elbv2.api.certificates import CertificateOperations
from localstack_engines.services.elbv2.api.listeners import ListenerOperations
from localstack_engines.services.elbv2.api.load_balancers import LoadBalancerOperations
from localstack_engines.services.elbv2.api.rules import RuleOperations
from localstack_engines.services.elbv2.api.tags import TagOperations
from localstack_engines.services.elbv2.api.target_groups import TargetGroupOperations
from localstack_engines.services.elbv2.api.targets import TargetOperations
from localstack_engines.services.elbv2.control import network_endpoints
from localstack_engines.services.elbv2.control.balancers import balancers
from localstack_engines.services.elbv2.control.names import Names
from localstack_engines.services.elbv2.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class Elbv2Provider(
    AbsentResourceOperations,
    AccountOperations,
    CertificateOperations,
    ListenerOperations,
    LoadBalancerOperations,
    RuleOperations,
    TagOperations,
    TargetGroupOperations,
    TargetOperations,
):
    """The operations of the ELBv2 API. `support.py` says what becomes of all others."""

    def __init__(self) -> None:
        super().__init__(balancers)
        self._names = Names(balancers.store)

    def on_before_start(self) -> None:
        dns.add_source(self._names.answer)
        collector.add(self.balancers.metrics.samples)
        records.add_endpoints(lambda: network_endpoints.endpoints(balancers.store))

    def on_before_stop(self) -> None:
        self.balancers.stop_all()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("elbv2", Elbv2Provider(), SUPPORT)
