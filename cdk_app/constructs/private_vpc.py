"""The VPC: private subnets only."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import add_log_group

# The AWS APIs that tasks, the function and the broker call. No other API is reachable: there is no NAT gateway.
INTERFACE_ENDPOINTS = {
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "SecretsManager": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
    "Kms": ec2.InterfaceVpcEndpointAwsService.KMS,
    "Kafka": ec2.InterfaceVpcEndpointAwsService.KAFKA,
    "Email": ec2.InterfaceVpcEndpointAwsService.EMAIL,
    "Sns": ec2.InterfaceVpcEndpointAwsService.SNS,
}


class PrivateVpc(Construct):
    """A VPC with one isolated subnet in each zone. Requests enter it only through the HTTP API's VPC link."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: StageConfig, encryption_key: kms.IKey | None
    ) -> None:
        super().__init__(scope, construct_id)
        network = config.network
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            vpc_name=config.prefix,
            ip_addresses=ec2.IpAddresses.cidr(network.cidr),
            availability_zones=list(network.zones),
            subnet_configuration=[
                ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20)
            ],
            restrict_default_security_group=network.restrict_default_security_group,
        )
        if network.flow_logs:
            self._add_flow_log(config, encryption_key)
        if network.aws_api_endpoints:
            self._add_endpoints(network.cidr)

    def _add_flow_log(self, config: StageConfig, encryption_key: kms.IKey | None) -> None:
        log_group = add_log_group(
            self, "FlowLogGroup", name=f"/{config.prefix}/network", config=config, encryption_key=encryption_key
        )
        role = iam.Role(self, "FlowLogRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        self.vpc.add_flow_log("FlowLog", destination=ec2.FlowLogDestination.to_cloud_watch_logs(log_group, role))

    def _add_endpoints(self, cidr: str) -> None:
        group = ec2.SecurityGroup(
            self, "EndpointGroup", vpc=self.vpc, description="AWS APIs inside the VPC", allow_all_outbound=False
        )
        group.add_ingress_rule(ec2.Peer.ipv4(cidr), ec2.Port.tcp(443), "From the VPC")
        for name, service in INTERFACE_ENDPOINTS.items():
            self.vpc.add_interface_endpoint(name, service=service, security_groups=[group], open=False)
        # ECR keeps image layers in S3.
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
