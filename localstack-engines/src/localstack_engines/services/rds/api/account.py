"""Operations on the account and the region: quotas, certificates, source regions, maintenance."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api import validation
from localstack_engines.services.rds.api.absent_resources import none
from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import certificates
from localstack_engines.services.rds.errors import invalid_combination, invalid_value
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.errors import ServiceError


class AccountOperations(Operations):
    """Describes what an account has and may have in a region."""

    def describe_account_attributes(self, context: RequestContext, request: Request) -> Response:
        used, port_count = self.store.usage(context), len(settings.external_ports()) - 1
        # An instance needs a port. The other quotas are AWS's defaults.
        quotas = {
            "DBInstances": (used["DBInstances"], port_count),
            "AllocatedStorage": (used["AllocatedStorage"], 100_000),
            "ManualSnapshots": (used["ManualSnapshots"], 100),
            "DBParameterGroups": (used["DBParameterGroups"], 50),
            "DBSubnetGroups": (used["DBSubnetGroups"], 50),
            "OptionGroups": (len(list(self.store.option_groups.all(context))) - 1, 20),
            "EventSubscriptions": (len(self.event_log(context).subscriptions), 20),
            "ReadReplicasPerMaster": (0, 15),
            "DBClusters": (len(self.clusters.clusters(context.account_id, context.region)), port_count),
            "DBClusterParameterGroups": (
                len([group for group in self.store.clusters.parameter_groups(context) if not group.is_default]),
                50,
            ),
        }
        return {
            "AccountQuotas": [
                {"AccountQuotaName": name, "Used": count, "Max": limit} for name, (count, limit) in quotas.items()
            ]
        }

    def describe_certificates(self, context: RequestContext, request: Request) -> Response:
        validation.check_authority(request.get("CertificateIdentifier"))
        page, marker = PAGER.page([self._certificate(context)], request)
        return {"Certificates": page, "DefaultCertificateForNewLaunches": certificates.AUTHORITY, **marker}

    def modify_certificates(self, context: RequestContext, request: Request) -> Response:
        name = request.get("CertificateIdentifier")
        validation.check_authority(name)
        if bool(name) == bool(request.get("RemoveCustomerOverride")):
            raise invalid_combination("Specify either CertificateIdentifier or RemoveCustomerOverride.")
        # There is one authority: an override chooses what is the default anyway.
        self.store.certificate_overrides[context.account_id, context.region] = name is not None
        return {"Certificate": self._certificate(context)}

    def describe_source_regions(self, context: RequestContext, request: Request) -> Response:
        # No region is a source: replicas and copies stay in their region.
        return none("SourceRegions", request)

    def describe_pending_maintenance_actions(self, context: RequestContext, request: Request) -> Response:
        if arn := request.get("ResourceIdentifier"):
            self._check_resource(context, arn)
        # One minor release is installed, and servers have no operating system of their own.
        return none("PendingMaintenanceActions", request)

    def apply_pending_maintenance_action(self, context: RequestContext, request: Request) -> Response:
        self._check_resource(context, request["ResourceIdentifier"])
        raise invalid_value(f"No pending {request['ApplyAction']} action for {request['ResourceIdentifier']}.")

    def modify_db_recommendation(self, context: RequestContext, request: Request) -> Response:
        raise invalid_value(f"The recommendation {request['RecommendationId']} does not exist.")

    def _certificate(self, context: RequestContext) -> dict[str, Any]:
        found = certificates.authority()
        return {
            "CertificateIdentifier": certificates.AUTHORITY,
            "CertificateType": "CA",
            "Thumbprint": found.thumbprint,
            "ValidFrom": found.valid_from,
            "ValidTill": found.valid_till,
            "CertificateArn": f"arn:aws:rds:{context.region}::cert:{certificates.AUTHORITY}",
            "CustomerOverride": self.store.certificate_overrides.get((context.account_id, context.region), False),
        }

    def _check_resource(self, context: RequestContext, arn: str) -> None:
        kind, _, name = arn.rpartition(":")
        if not kind.endswith(":db") or name.lower() not in self.store.identifiers(context):
            raise ServiceError("ResourceNotFoundFault", f"Resource not found: {arn}", 404)
