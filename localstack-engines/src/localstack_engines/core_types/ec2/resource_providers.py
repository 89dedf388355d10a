"""The EC2 types that this plugin implements."""

from localstack_engines.core_types.ec2 import security_group, vpc, vpc_endpoint

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        vpc_endpoint.FlowLog,
        vpc_endpoint.VpcEndpoint,
        vpc.ElasticIp,
        vpc.InternetGateway,
        vpc.Route,
        vpc.RouteTable,
        vpc.Subnet,
        vpc.Vpc,
        security_group.Egress,
        security_group.Ingress,
        security_group.SecurityGroup,
    )
}
