"""The base of API Gateway v2's types: properties are the arguments of the API's operations."""

from collections.abc import Collection
from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.removals import updatable_properties
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import update_tags


class ApiGatewayResource(Resource):
    """A type with one operation for each action, `Create<KIND>` for instance.

    `IDS` are the properties that identify a resource, `RETURNED` those that the operations return for Ref and GetAtt,
    and `IGNORED` those that have no meaning for HTTP APIs. `TAGGED` is the path in the ARN of a type that has tags.
    """

    KIND: str
    IDS: tuple[str, ...]
    TAGGED: str | None = None
    RETURNED: tuple[str, ...] = ()
    IGNORED: tuple[str, ...] = ()

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = dict(request.desired_state)
        returned = self.call(request, "Create", self.properties(model), self._read_only())
        return self.done({**model, **self.attributes(request, returned)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        previous = request.previous_state or {}
        model = {**request.desired_state, **{key: previous[key] for key in self.IDS if key in previous}}
        changes = {**self.properties(model), **self.removed(previous, model), **self.identifiers(model)}
        ignored = {*self._read_only(), *self._only_at_creation(), "Tags"} - set(self.IDS)
        returned = self.call(request, "Update", changes, ignored)
        self._update_tags(request, model)
        return self.done({**model, **self.attributes(request, returned)})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if all(key in request.desired_state for key in self.IDS):
            self.call(request, "Delete", self.identifiers(request.desired_state))
        return self.done({})

    def call(
        self, request: ResourceRequest, verb: str, properties: dict[str, Any], ignored: Collection[str] = ()
    ) -> dict[str, Any]:
        """Calls the operation of this type that begins with the verb, and returns its response."""
        client, operation = self.client(request, "apigatewayv2"), verb + self.KIND
        arguments = to_request(client, operation, properties, ignored)
        response: dict[str, Any] = getattr(client, xform_name(operation))(**arguments)
        return response

    def properties(self, model: dict[str, Any]) -> dict[str, Any]:
        """Returns the properties in the form that the API has."""
        return model

    def identifiers(self, model: dict[str, Any]) -> dict[str, Any]:
        """Returns the properties that identify the resource."""
        return {key: model[key] for key in self.IDS}

    def attributes(self, request: ResourceRequest, returned: dict[str, Any]) -> dict[str, Any]:
        """Returns the attributes for Ref and GetAtt from an operation's response."""
        return {key: returned[key] for key in self.RETURNED if key in returned}

    def removed(self, previous: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        """Returns the arguments that remove those members of maps that the template no longer has.

        An update operation leaves a member that it is not told of.
        """
        return {}

    def _update_tags(self, request: ResourceRequest, model: dict[str, Any]) -> None:
        if self.TAGGED is None:
            return
        client = self.client(request, "apigatewayv2")
        arn = f"arn:aws:apigateway:{request.region_name}::{self.TAGGED.format(**model)}"
        update_tags(
            (request.previous_state or {}).get("Tags"),
            model.get("Tags"),
            remove=lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        )

    def _only_at_creation(self) -> set[str]:
        return set(self.SCHEMA["properties"]) - updatable_properties(self.SCHEMA) | set(self.FIXED)

    def _read_only(self) -> tuple[str, ...]:
        return self.RETURNED + self.IGNORED
