"""Corrects how LocalStack evaluates intrinsic functions, parameters and dynamic references, and adds Fn::Cidr.

Several of LocalStack's classes evaluate templates (transforms, validation, the description of changes, execution), and
all inherit from `ChangeSetModelPreproc`. A patch of that class is the only way to reach them all.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
"""

import ipaddress
import itertools
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

from localstack_engines.toolkit import settings

_SERVICES = ("ssm", "ssm-secure", "secretsmanager")
_API_URL = r"(?:http|ws)s?://([a-z0-9]+)\.execute-api\.(?:[a-z0-9-]+\.)?(?:amazonaws\.com|{})(?::[0-9]+)?(/.*)?"
_MAX_BLOCKS = 256
_LIST_TYPES = re.compile(r"CommaDelimitedList|List<.+>")


class ReferenceFailed(Exception):
    """A dynamic reference has no value."""


def install() -> None:
    """Makes all of LocalStack's classes that evaluate templates use the functions of this module."""
    visit_parameter_of_core = ChangeSetModelPreproc.visit_node_parameter

    def visit_node_parameter(self: Any, node_parameter: NodeParameter) -> PreprocEntityDelta:
        delta = visit_parameter_of_core(self, node_parameter)
        # LocalStack splits the new value only, and a function that takes a list fails on the old one.
        if isinstance(delta.before, str) and is_list(self.visit(node_parameter.type_).before):
            delta.before = [item.strip() for item in delta.before.split(",")]
        return delta

    ChangeSetModelPreproc.visit_node_parameter = visit_node_parameter
    ChangeSetModelPreproc._perform_dynamic_replacements = _replace_references
    ChangeSetModelPreproc._perform_static_replacements = staticmethod(local_url)
    ChangeSetModelPreproc.visit_node_intrinsic_function_fn_cidr = _visit_cidr
    INTRINSIC_FUNCTIONS.add("Fn::Cidr")


def is_list(parameter_type: Any) -> bool:
    """Returns whether parameters of this type have a list as their value."""
    return isinstance(parameter_type, str) and bool(_LIST_TYPES.fullmatch(parameter_type))


def local_url(value: str) -> str:
    """Returns a text that is an API's URL on AWS as the URL here, and any other text as it is.

    Templates put the URL together. It has no TLS here, because the certificate would be a self-signed one.
    """
    host = re.escape(settings.endpoint_host())
    found = re.fullmatch(_API_URL.format(host), value)
    if found is None:
        return value
    scheme = "ws" if value.startswith("ws") else "http"
    return f"{scheme}://{found[1]}.execute-api.{settings.endpoint_host()}:{settings.edge_port()}{found[2] or ''}"


def _visit_cidr(self: Any, node: NodeIntrinsicFunction) -> PreprocEntityDelta:
    executing = isinstance(self, ChangeSetModelExecutor)
    return self._cached_apply(
        scope=node.scope,
        arguments_delta=self.visit(node.arguments),
        resolver=lambda arguments: blocks(arguments, known=executing),
    )


def blocks(arguments: Any, known: bool = True) -> list[str]:
    """Returns the blocks of Fn::Cidr: `[ipBlock, count, cidrBits]`, bits of hosts, by default 8.

    Before a deployment the block may be an attribute that is not `known`; the text then stands for each block.
    Raises ValidationError.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
    """
    try:
        block, count, bits = (*arguments, 8)[:3]
        number, host_bits = int(count), int(bits)
    except (TypeError, ValueError) as error:
        raise ValidationError("Template error: Fn::Cidr requires an IP block, a count and a number of bits") from error
    if not 1 <= number <= _MAX_BLOCKS:
        raise ValidationError(f"Template error: Fn::Cidr object expects count to be between 1 and {_MAX_BLOCKS}")
    try:
        network = ipaddress.ip_network(block)
    except ValueError as error:
        if not known:
            return [str(block)] * number
        raise ValidationError(f"Template error: every Fn::Cidr object requires a valid IP block: {block}") from error
    prefix = network.max_prefixlen - host_bits
    if prefix < network.prefixlen or number > 2 ** (prefix - network.prefixlen):
        raise ValidationError(f"Template error: Fn::Cidr cannot make {number} blocks of {host_bits} bits in {block}")
    return [str(part) for part in itertools.islice(network.subnets(new_prefix=prefix), number)]


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
