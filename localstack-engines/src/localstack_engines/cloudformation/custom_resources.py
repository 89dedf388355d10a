"""What the executor knows of custom resources: the answer of their providers, and the attributes in it.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref-responses.html
"""

from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model_preproc import ChangeSetModelPreproc

TYPE = "AWS::CloudFormation::CustomResource"

ANSWER = "localstack-engines:answer"
"""The key in a custom resource's model, beside its properties, of what the provider has answered."""


class MissingAttribute(RuntimeError):
    """The provider of a custom resource has not returned an attribute that the template refers to.

    LocalStack takes a RuntimeError for a value that is not known yet, such as one that only an update will return.
    """


def implemented_type(name: str) -> str:
    """Returns the type that implements a type of a template: one for all `Custom::` types, else the type itself."""
    return TYPE if name.startswith("Custom::") else name


def answer(model: dict[str, Any] | None) -> dict[str, Any]:
    """Returns what the provider has answered: `PhysicalResourceId` and `Data`. It is empty for other types."""
    return dict((model or {}).get(ANSWER) or {})


def is_replaced(before: dict[str, Any] | None, after: dict[str, Any] | None) -> bool:
    """Returns whether an update has made another resource, which has another physical id."""
    old, new = (answer(model).get("PhysicalResourceId") for model in (before, after))
    return bool(old and new and old != new)


def install() -> None:
    """Makes Fn::GetAtt return the data of the answer.

    LocalStack looks for a property of the resource, and takes the dots in a name for steps into it. All of its
    classes that evaluate templates inherit the look-up from this class.
    """
    value_of_core = ChangeSetModelPreproc._deployed_property_value_of

    def deployed_property_value(
        self: Any, resource_logical_id: str, property_name: str, resolved_resources: dict[str, Any]
    ) -> Any:
        deployed = resolved_resources.get(resource_logical_id) or {}
        if implemented_type(str(deployed.get("Type"))) != TYPE:
            return value_of_core(self, resource_logical_id, property_name, resolved_resources)
        return _attribute(answer(deployed.get("Properties")), property_name)

    ChangeSetModelPreproc._deployed_property_value_of = deployed_property_value


def _attribute(provided: dict[str, Any], name: str) -> Any:
    data = provided.get("Data") or {}
    value = data[name] if name in data else _inside(data, name.split("."))
    if value is None:
        identifier = provided.get("PhysicalResourceId")
        raise MissingAttribute(
            f"CustomResource attribute error: Vendor response doesn't contain {name} attribute in object {identifier}"
        )
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _inside(value: Any, path: list[str]) -> Any:
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value
