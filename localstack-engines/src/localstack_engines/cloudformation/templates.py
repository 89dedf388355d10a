"""Checks the structure of templates, and that the types of their resources are supported."""

from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import NodeResource, is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc
from localstack.services.cloudformation.v2.entities import ChangeSet

from localstack_engines.cloudformation import resource_types


def is_well_formed(template: dict[str, Any]) -> bool:
    """Returns whether the resources and their properties are objects. LocalStack skips those that are not."""
    resources = template.get("Resources")
    if not isinstance(resources, dict):
        return False
    # What begins with Fn:: is expanded later.
    definitions = [definition for name, definition in resources.items() if not name.startswith("Fn::")]
    return all(
        isinstance(definition, dict) and isinstance(definition.get("Properties") or {}, dict)
        for definition in definitions
    )


def refuse_repository(template: dict[str, Any]) -> None:
    """Raises ValueError for a SAM application of the repository. The transform would look for it on AWS."""
    for name, resource in template["Resources"].items():
        if name.startswith("Fn::") or resource.get("Type") != "AWS::Serverless::Application":
            continue
        if isinstance((resource.get("Properties") or {}).get("Location"), dict):
            raise ValueError(
                f"{name}: the Serverless Application Repository is not supported by the local CloudFormation. "
                "Location may be the URL of a template"
            )


def unsupported_types(change_set: ChangeSet) -> list[str]:
    """Returns the types that the change set would create or update and that nothing implements, sorted.

    Transforms replace types, and a false condition keeps a resource out of the stack. So the types are read from the
    model of the changes, which LocalStack makes after the transforms.
    """
    return _TypeReader(change_set).unsupported()


class _TypeReader(ChangeSetModelPreproc):
    def unsupported(self) -> list[str]:
        self._setup_runtime_cache()
        nodes = self._change_set.update_model.node_template.resources.resources
        types = [self.visit(node.type_).after for node in nodes if self._is_wanted(node)]
        unknown = {name for name in types if isinstance(name, str) and not resource_types.is_supported(name)}
        return sorted(unknown)

    def _is_wanted(self, node: NodeResource) -> bool:
        if is_nothing(node.condition_reference):
            return True
        return self._resolve_resource_condition_reference(node.condition_reference).after is not False
