"""EC2's CloudFormation types."""

from localstack_engines.core_types.ec2.eip import Eip
from localstack_engines.core_types.ec2.flow_log import FlowLog
from localstack_engines.core_types.ec2.internet_gateway import InternetGateway
from localstack_engines.core_types.ec2.launch_template import LaunchTemplate
from localstack_engines.core_types.ec2.route import Route
from localstack_engines.core_types.ec2.route_table import RouteTable
from localstack_engines.core_types.ec2.security_group import SecurityGroup
from localstack_engines.core_types.ec2.security_group_egress import SecurityGroupEgress
from localstack_engines.core_types.ec2.security_group_ingress import SecurityGroupIngress
from localstack_engines.core_types.ec2.subnet import Subnet
from localstack_engines.core_types.ec2.vpc import Vpc
from localstack_engines.core_types.ec2.vpc_endpoint import VpcEndpoint

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        Eip,
        FlowLog,
        InternetGateway,
        LaunchTemplate,
        Route,
        RouteTable,
        SecurityGroup,
        SecurityGroupEgress,
        SecurityGroupIngress,
        Subnet,
        Vpc,
        VpcEndpoint,
    )
}
