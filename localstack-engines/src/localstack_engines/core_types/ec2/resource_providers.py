"""The EC2 types that this plugin implements."""

from localstack_engines.core_types.ec2 import endpoints, network, security_groups

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        endpoints.FlowLog,
        endpoints.VpcEndpoint,
        network.ElasticIp,
        network.InternetGateway,
        network.Route,
        network.RouteTable,
        network.Subnet,
        network.Vpc,
        security_groups.Egress,
        security_groups.Ingress,
        security_groups.SecurityGroup,
    )
}
