"""Operations on configurations."""

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka import models
from localstack_engines.services.kafka.api import descriptions
from localstack_engines.services.kafka.api.operations import Operations, Request, Response
from localstack_engines.services.kafka.api.paging import PAGER
from localstack_engines.services.kafka.control import broker_properties
from localstack_engines.services.kafka.errors import bad_request, conflict
from localstack_engines.services.kafka.models import Configuration, Revision


class ConfigurationOperations(Operations):
    """Creates, describes, lists, updates and deletes configurations."""

    def create_configuration(self, context: RequestContext, request: Request) -> Response:
        region = self.store.region(context)
        if any(found.name == request["Name"] for found in region.configurations.values()):
            raise conflict("A resource with this name already exists.", "name")
        text = _checked_properties(request)
        arn = models.new_arn(context.account_id, context.region, "configuration", request["Name"])
        description = request.get("Description") or ""
        configuration = Configuration(
            arn=arn,
            name=request["Name"],
            kafka_versions=list(request.get("KafkaVersions") or []),
            revisions=[Revision(1, text, description)],
            description=description,
        )
        region.configurations[arn] = configuration
        described = descriptions.configuration(configuration)
        return {name: described[name] for name in ("Arn", "Name", "CreationTime", "LatestRevision", "State")}

    def describe_configuration(self, context: RequestContext, request: Request) -> Response:
        return descriptions.configuration(self.configuration(context, request["Arn"]))

    def describe_configuration_revision(self, context: RequestContext, request: Request) -> Response:
        arn, number = request["Arn"], int(request["Revision"])
        found = self.revision(context, arn, number)
        return {"Arn": arn, **descriptions.revision(found), "ServerProperties": found.properties.encode()}

    def list_configurations(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(list(self.store.region(context).configurations.values()), request)
        return {"Configurations": [descriptions.configuration(one) for one in found], **next_token}

    def list_configuration_revisions(self, context: RequestContext, request: Request) -> Response:
        found, next_token = PAGER.page(self.configuration(context, request["Arn"]).revisions, request)
        return {"Revisions": [descriptions.revision(one) for one in found], **next_token}

    def update_configuration(self, context: RequestContext, request: Request) -> Response:
        found = self.configuration(context, request["Arn"])
        text = _checked_properties(request)
        number = found.latest.number + 1
        found.revisions.append(Revision(number, text, request.get("Description") or ""))
        return {"Arn": found.arn, "LatestRevision": descriptions.revision(found.latest)}

    def delete_configuration(self, context: RequestContext, request: Request) -> Response:
        found = self.configuration(context, request["Arn"])
        region = self.store.region(context)
        if any((cluster.configuration or {}).get("Arn") == found.arn for cluster in region.clusters.values()):
            raise bad_request("The configuration is in use by one or more clusters and cannot be deleted.", "arn")
        del region.configurations[found.arn]
        return {"Arn": found.arn, "State": "DELETING"}


def _checked_properties(request: Request) -> str:
    """Returns the request's server properties as text. Raises BadRequestException when MSK does not allow them."""
    raw = request["ServerProperties"]
    text = raw.decode() if isinstance(raw, bytes) else str(raw)
    try:
        broker_properties.parse(text)
    except broker_properties.InvalidProperties as error:
        raise bad_request(
            f"The configuration's server properties are not valid. {error}", "serverProperties"
        ) from error
    return text
