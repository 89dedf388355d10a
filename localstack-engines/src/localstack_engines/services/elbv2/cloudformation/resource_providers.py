"""ELBv2's CloudFormation types."""

from localstack_engines.services.elbv2.cloudformation.listener import Listener
from localstack_engines.services.elbv2.cloudformation.listener_certificate import ListenerCertificate
from localstack_engines.services.elbv2.cloudformation.listener_rule import ListenerRule
from localstack_engines.services.elbv2.cloudformation.load_balancer import LoadBalancer
from localstack_engines.services.elbv2.cloudformation.target_group import TargetGroup

RESOURCE_PROVIDERS = {
    provider.TYPE: provider for provider in (Listener, ListenerCertificate, ListenerRule, LoadBalancer, TargetGroup)
}
