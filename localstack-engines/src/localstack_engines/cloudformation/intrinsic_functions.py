"""Corrects how LocalStack evaluates intrinsic functions, parameters and dynamic references, and adds Fn::Cidr.

Several of LocalStack's classes evaluate templates (transforms, validation, the description of changes, execution), and
all inherit from `ChangeSetModelPreproc`. A patch of that class is the only way to reach them all.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import re
from typing import Any

from botocore.exceptions import ClientError
from localstack.services.cloudformation.engine.v2.change_set_model import (
    INTRINSIC_FUNCTIONS,
    NodeIntrinsicFunction,
    NodeParameter,
)
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor
from localstack.services.cloudformation.engine.v2.change_set_model_preproc import (
    ChangeSetModelPreproc,
    PreprocEntityDelta,
)
from localstack.services.cloudformation.engine.v2.resolving import (
    REGEX_DYNAMIC_REF,
    DynamicReference,
    perform_dynamic_reference_lookup,
)
from localstack.services.cloudformation.engine.validations import ValidationError
from localstack.utils.numbers import to_number

from localstack_engines.cloudformation import functions
from localstack_engines.cloudformation.parameters import is_list

_SERVICES = ("ssm", "ssm-secure", "secretsmanager")


class ReferenceFailed(Exception):
    """A dynamic reference has no value."""


def install() -> None:
    """Makes all of LocalStack's classes that evaluate templates use the functions of this module."""
    visit_parameter_of_core = ChangeSetModelPreproc.visit_node_parameter

    def visit_node_parameter(self: Any, node_parameter: NodeParameter) -> PreprocEntityDelta:
        delta = visit_parameter_of_core(self, node_parameter)
        # LocalStack splits the new value only, and a function that takes a list fails on the old one. It makes a number
        # of the new value only, which would be a change of everything that refers to it.
        if isinstance(delta.before, str):
            kind = self.visit(node_parameter.type_).before
            if is_list(kind):
                delta.before = [item.strip() for item in delta.before.split(",")]
            elif kind == "Number":
                delta.before = to_number(delta.before)
        return delta

    ChangeSetModelPreproc.visit_node_parameter = visit_node_parameter
    _take_literals()
    ChangeSetModelPreproc._perform_dynamic_replacements = _replace_references
    ChangeSetModelPreproc._perform_static_replacements = staticmethod(functions.local_url)
    ChangeSetModelPreproc.visit_node_intrinsic_function_fn_cidr = _visit_cidr
    ChangeSetModelPreproc.visit_node_intrinsic_function_fn_equals = _visit_equals
    INTRINSIC_FUNCTIONS.add("Fn::Cidr")


def _take_literals() -> None:
    """Makes Fn::Sub take `${!Name}` for the text `${Name}`. LocalStack looks for a resource `!Name`, and refuses it."""
    reference_of_core, attribute_of_core = (
        ChangeSetModelPreproc._resolve_reference,
        ChangeSetModelPreproc._resolve_attribute,
    )

    def resolve_reference(self: Any, logical_id: str) -> PreprocEntityDelta:
        text = functions.literal(logical_id)
        return reference_of_core(self, logical_id) if text is None else PreprocEntityDelta(before=text, after=text)

    def resolve_attribute(self: Any, arguments: str | list[str], select_before: bool) -> Any:
        text = functions.literal(arguments)
        return attribute_of_core(self, arguments, select_before) if text is None else text

    ChangeSetModelPreproc._resolve_reference = resolve_reference
    ChangeSetModelPreproc._resolve_attribute = resolve_attribute


def _visit_cidr(self: Any, node: NodeIntrinsicFunction) -> PreprocEntityDelta:
    executing = isinstance(self, ChangeSetModelExecutor)

    def blocks(arguments: Any) -> list[str]:
        try:
            return functions.blocks(arguments, known=executing)
        except functions.InvalidArguments as error:
            raise ValidationError(str(error)) from error

    return self._cached_apply(scope=node.scope, arguments_delta=self.visit(node.arguments), resolver=blocks)


def _visit_equals(self: Any, node: NodeIntrinsicFunction) -> PreprocEntityDelta:
    """Compares texts. LocalStack compares values: a parameter's text "true" is not the `true` of a template then."""
    arguments = self.visit(node.arguments)
    if isinstance(arguments.after, list) and len(arguments.after) != 2:
        raise ValidationError("Template error: every Fn::Equals object requires a list of 2 string parameters.")
    return self._cached_apply(scope=node.scope, arguments_delta=arguments, resolver=functions.are_equal)


def _replace_references(self: Any, value: Any) -> Any:
    """Replaces every dynamic reference in a text by its own value. LocalStack takes the first one's for all."""
    if not isinstance(value, str):
        return value
    change_set = self._change_set
    return REGEX_DYNAMIC_REF.sub(lambda found: _look_up(found, change_set.account_id, change_set.region_name), value)


def _look_up(found: re.Match[str], account_id: str, region_name: str) -> str:
    service, key = found.groups()
    if service not in _SERVICES:
        raise ReferenceFailed(f"Dynamic reference {found[0]} names a service that is not supported: {service}")
    try:
        result = perform_dynamic_reference_lookup(DynamicReference(service, key), account_id, region_name)
    except ClientError as error:
        code, message = (error.response["Error"].get(name, "") for name in ("Code", "Message"))
        raise ReferenceFailed(f"Dynamic reference {found[0]} cannot be resolved: {message} ({code})") from error
    except (ValueError, KeyError, RuntimeError) as error:
        reason = "Could not find a value associated with JSONKey in SecretString"
        raise ReferenceFailed(f"Dynamic reference {found[0]} cannot be resolved: {reason}") from error
    return str(result)
