"""Operations on MSK configurations."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import describe
from localstack_engines.services.kafka.api.operations import ClusterOperations
from localstack_engines.services.kafka.api.paging import page
from localstack_engines.services.kafka.control import broker_properties as properties
from localstack_engines.services.kafka.errors import bad_request, conflict, not_found
from localstack_engines.services.kafka.models import Configuration, Revision

Request = dict[str, Any]
Response = dict[str, Any]


class ConfigurationOperations(ClusterOperations):
    """The operations on configurations."""

    def create_configuration(self, context: RequestContext, request: Request) -> Response:
        region = self.store.region(context)
        if any(found.name == request["Name"] for found in region.configurations.values()):
            raise conflict("A resource with this name already exists.", "name")
        text = _checked_text(request)
        arn = models.new_arn(context.account_id, context.region, "configuration", request["Name"])
        description = request.get("Description") or ""
        made = Configuration(
            arn=arn,
            name=request["Name"],
            kafka_versions=list(request.get("KafkaVersions") or []),
            revisions=[Revision(1, text, description)],
            description=description,
        )
        region.configurations[arn] = made
        answer = describe.configuration(made)
        return {name: answer[name] for name in ("Arn", "Name", "CreationTime", "LatestRevision", "State")}

    def describe_configuration(self, context: RequestContext, request: Request) -> Response:
        return describe.configuration(self.configuration(context, request["Arn"]))

    def describe_configuration_revision(self, context: RequestContext, request: Request) -> Response:
        arn, number = request["Arn"], int(request["Revision"])
        found = self.revision(context, arn, number)
        return {"Arn": arn, **describe.revision(found), "ServerProperties": found.properties.encode()}

    def list_configurations(self, context: RequestContext, request: Request) -> Response:
        found = self.store.region(context).configurations.values()
        return page(request, "Configurations", [describe.configuration(one) for one in found])

    def list_configuration_revisions(self, context: RequestContext, request: Request) -> Response:
        revisions = self.configuration(context, request["Arn"]).revisions
        return page(request, "Revisions", [describe.revision(one) for one in revisions])

    def update_configuration(self, context: RequestContext, request: Request) -> Response:
        found = self.configuration(context, request["Arn"])
        text = _checked_text(request)
        number = found.latest.number + 1
        found.revisions.append(Revision(number, text, request.get("Description") or ""))
        return {"Arn": found.arn, "LatestRevision": describe.revision(found.latest)}

    def delete_configuration(self, context: RequestContext, request: Request) -> Response:
        found = self.configuration(context, request["Arn"])
        region = self.store.region(context)
        if any((cluster.configuration or {}).get("Arn") == found.arn for cluster in region.clusters.values()):
            raise bad_request("The configuration is in use by one or more clusters and cannot be deleted.", "arn")
        del region.configurations[found.arn]
        return {"Arn": found.arn, "State": "DELETING"}

    def configuration(self, context: RequestContext, arn: str) -> Configuration:
        found = self.store.region(context).configurations.get(arn)
        if found is None:
            raise not_found("The requested configuration was not found.", "arn")
        return found

    def revision(self, context: RequestContext, arn: str, number: int) -> Revision:
        found = self.configuration(context, arn).revision(number)
        if found is None:
            raise not_found("The requested configuration revision was not found.", "revision")
        return found

    def properties_of(self, context: RequestContext, info: dict[str, Any] | None) -> dict[str, str]:
        """The broker properties that a ConfigurationInfo names; none without one."""
        if not info:
            return {}
        return properties.parse(self.revision(context, info["Arn"], int(info["Revision"])).properties)


def _checked_text(request: Request) -> str:
    raw = request["ServerProperties"]
    text = raw.decode() if isinstance(raw, bytes) else str(raw)
    try:
        properties.parse(text)
    except properties.InvalidProperties as error:
        raise bad_request(
            f"The configuration's server properties are not valid. {error}", "serverProperties"
        ) from error
    return text
