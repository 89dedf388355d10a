"""What the EC2 types share: a client and tags."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ResourceRequest

from localstack_engines.cloudformation.resource import Resource


class Ec2Resource(Resource):
    def ec2(self, request: ResourceRequest) -> Any:
        return self.client(request, "ec2")


def tag_specifications(request: ResourceRequest, resource_type: str) -> list[dict[str, Any]]:
    """TagSpecifications with the template's tags and the ones that CloudFormation adds."""
    own = [
        {"Key": "aws:cloudformation:stack-name", "Value": request.stack_name},
        {"Key": "aws:cloudformation:logical-id", "Value": request.logical_resource_id},
    ]
    return [{"ResourceType": resource_type, "Tags": own + list(request.desired_state.get("Tags") or [])}]


def retag(ec2: Any, resource_id: str, request: ResourceRequest) -> None:
    """Makes the tags of an existing resource those of the new template."""
    old = {tag["Key"]: tag["Value"] for tag in (request.previous_state or {}).get("Tags") or []}
    new = {tag["Key"]: tag["Value"] for tag in request.desired_state.get("Tags") or []}
    if gone := [{"Key": key} for key in old if key not in new]:
        ec2.delete_tags(Resources=[resource_id], Tags=gone)
    if changed := [{"Key": key, "Value": value} for key, value in new.items() if old.get(key) != value]:
        ec2.create_tags(Resources=[resource_id], Tags=changed)


def present(model: dict[str, Any], *names: str) -> dict[str, Any]:
    """The properties among ``names`` that the model has a value for."""
    return {name: model[name] for name in names if model.get(name) is not None}
