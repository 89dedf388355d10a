"""A service's name in the VPC."""

from __future__ import annotations

from aws_cdk import aws_servicediscovery as cloudmap
from constructs import Construct

TTL_SECONDS = 10
"""How long a caller may go on to use the address of a task that is gone."""


class DiscoveryName(Construct):
    """A Cloud Map service with A records, for gRPC clients, and SRV records, for the HTTP API's integration.

    The L2 construct offers one type of record or the other. ECS registers the tasks and reports their health.
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
                    cloudmap.CfnService.DnsRecordProperty(type=kind, ttl=TTL_SECONDS) for kind in ("A", "SRV")
                ],
            ),
            health_check_custom_config=cloudmap.CfnService.HealthCheckCustomConfigProperty(failure_threshold=1),
        )

    @property
    def arn(self) -> str:
        return self._service.attr_arn
