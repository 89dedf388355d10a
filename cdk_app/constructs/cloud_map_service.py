"""A service's name in the VPC."""

from __future__ import annotations

from aws_cdk import aws_servicediscovery as cloudmap
from constructs import Construct

TTL_SECONDS = 10
"""How long a caller may use the address of a task that has ended."""


class CloudMapService(Construct):
    """A Cloud Map service with A records for gRPC clients and SRV records for the HTTP API's integration.

    The L2 construct supports only one type of record per service. ECS registers the tasks and reports their health.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, namespace: cloudmap.IPrivateDnsNamespace, name: str
    ) -> None:
        super().__init__(scope, construct_id)
        self._service = cloudmap.CfnService(
            self,
            "Service",
            name=name,
            namespace_id=namespace.namespace_id,
            dns_config=cloudmap.CfnService.DnsConfigProperty(
                routing_policy="MULTIVALUE",
                dns_records=[
                    cloudmap.CfnService.DnsRecordProperty(type=record_type, ttl=TTL_SECONDS)
                    for record_type in ("A", "SRV")
                ],
            ),
            health_check_custom_config=cloudmap.CfnService.HealthCheckCustomConfigProperty(failure_threshold=1),
        )

    @property
    def arn(self) -> str:
        """The ARN that ECS services and API integrations refer to."""
        return self._service.attr_arn
