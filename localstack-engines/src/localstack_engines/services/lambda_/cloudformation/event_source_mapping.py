"""AWS::Lambda::EventSourceMapping, with Kafka's sources, and with an end that the stack waits for."""

from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_map, update_tags

_READ_ONLY = ("Id", "EventSourceMappingArn")
_ENDPOINTS = {"KafkaBootstrapServers": "KAFKA_BOOTSTRAP_SERVERS"}
"""Names of templates, and those of the API."""

_CREATE_ONLY = (
    "AmazonManagedKafkaEventSourceConfig",
    "EventSourceArn",
    "Queues",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "StartingPosition",
    "StartingPositionTimestamp",
    "Topics",
)


class EventSourceMapping(Resource):
    TYPE = "AWS::Lambda::EventSourceMapping"
    DEFAULTS = {
        "BisectBatchOnFunctionError": False,
        "DestinationConfig": {"OnFailure": {}},
        "Enabled": True,
        "FilterCriteria": {"Filters": []},
        "FunctionResponseTypes": [],
        "MaximumBatchingWindowInSeconds": 0,
        "MaximumRecordAgeInSeconds": -1,
        "MaximumRetryAttempts": -1,
        "ParallelizationFactor": 1,
        "TumblingWindowInSeconds": 0,
    }

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        if not model.get("Id"):
            properties = {**model, "Tags": tag_map(model.get("Tags"))}
            if source := model.get("SelfManagedEventSource"):
                endpoints = {_ENDPOINTS.get(name, name): urls for name, urls in source["Endpoints"].items()}
                properties["SelfManagedEventSource"] = {"Endpoints": endpoints}
            made = client.create_event_source_mapping(**to_request(client, "CreateEventSourceMapping", properties))
            model |= {"Id": made["UUID"], "EventSourceMappingArn": made["EventSourceMappingArn"]}
        return self._await(request, client, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        if not request.custom_context:
            model |= {name: request.previous_state[name] for name in _READ_ONLY}
            arguments = {**model, "UUID": model["Id"]}
            ignored = (*_READ_ONLY, *_CREATE_ONLY, "Tags")
            client.update_event_source_mapping(
                **to_request(client, "UpdateEventSourceMapping", arguments, ignore=ignored)
            )
            update_tags(
                request.previous_state.get("Tags"),
                model.get("Tags"),
                remove=lambda keys: client.untag_resource(Resource=model["EventSourceMappingArn"], TagKeys=keys),
                put=lambda tags: client.tag_resource(Resource=model["EventSourceMappingArn"], Tags=tags),
            )
        return self._await(request, client, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "lambda")
        if not request.custom_context:
            client.delete_event_source_mapping(UUID=model["Id"])
            return self.wait(request, model)
        return self.wait(request, model) if _state(client, model["Id"]) == "Deleting" else self.done({})

    def _await(self, request: ResourceRequest, client: Any, model: dict[str, Any]) -> ProgressEvent:
        """Waits until the mapping reads, or is disabled."""
        state = _state(client, model["Id"])
        return self.done(model) if state in ("Enabled", "Disabled") else self.wait(request, model)


def _state(client: Any, identifier: str) -> str | None:
    try:
        return str(client.get_event_source_mapping(UUID=identifier)["State"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise
        return None
