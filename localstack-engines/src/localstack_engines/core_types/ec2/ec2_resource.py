"""The base class of the EC2 types, their tags and their attributes."""

from typing import Any

from botocore import xform_name
from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags


class Ec2Resource(Resource):
    """The base class of the EC2 types."""

    def ec2(self, request: ResourceRequest) -> Any:
        """Returns an EC2 client."""
        return self.client(request, "ec2")


def tag_specifications(request: ResourceRequest, resource_type: str) -> list[dict[str, Any]]:
    """Returns TagSpecifications with the template's tags and those that CloudFormation adds."""
    own = [
        {"Key": "aws:cloudformation:stack-name", "Value": request.stack_name},
        {"Key": "aws:cloudformation:logical-id", "Value": request.logical_resource_id},
    ]
    return [{"ResourceType": resource_type, "Tags": own + tag_list(request.desired_state.get("Tags"))}]


def update_resource_tags(ec2: Any, resource_id: str, request: ResourceRequest) -> None:
    """Makes the tags of an existing resource those of the new template."""
    update_tags(
        (request.previous_state or {}).get("Tags"),
        request.desired_state.get("Tags"),
        remove=lambda keys: ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in keys]),
        put=lambda tags: ec2.create_tags(Resources=[resource_id], Tags=tag_list(tags)),
    )


def present(model: dict[str, Any], *names: str) -> dict[str, Any]:
    """Returns those of the named properties that have a value."""
    return {name: model[name] for name in names if model.get(name) is not None}


def modify_attributes(ec2: Any, operation: str, key: str, model: dict[str, Any], names: tuple[str, ...]) -> None:
    """Sets those of the named attributes that have a value. `operation` changes one attribute per call.

    `key` is the property with the resource's id.
    """
    for name, value in present(model, *names).items():
        arguments = to_request(ec2, operation, {key: model[key], name: {"Value": value}})
        getattr(ec2, xform_name(operation))(**arguments)
