"""What intrinsic functions compute: Fn::Cidr, Fn::Equals, literals of Fn::Sub, and the addresses of APIs."""

import ipaddress
import itertools
import re
from typing import Any

from localstack_engines.toolkit import settings

_API_URL = r"(?:http|ws)s?://([a-z0-9]+)\.execute-api\.(?:[a-z0-9-]+\.)?(?:amazonaws\.com|{})(?::[0-9]+)?(/.*)?"
_MAX_BLOCKS = 256


class InvalidArguments(ValueError):
    """A function cannot be computed with its arguments. The message is in AWS's words."""


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


def literal(variable: Any) -> str | None:
    """Returns what Fn::Sub makes of a variable whose name begins with `!`: `${!Name}` becomes `${Name}`. Else None.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
    """
    return f"${{{variable[1:]}}}" if isinstance(variable, str) and variable.startswith("!") else None


def text(value: Any) -> Any:
    """Returns a scalar as CloudFormation sees it: `true` and 1 of a template are the texts "true" and "1"."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def are_equal(values: list[Any]) -> bool:
    """Returns what Fn::Equals does of its two values, which are texts for CloudFormation.

    LocalStack leaves out a value that there was not before an update.
    """
    return len(values) == 2 and bool(text(values[0]) == text(values[1]))


def blocks(arguments: Any, known: bool = True) -> list[str]:
    """Returns the blocks of Fn::Cidr: `[ipBlock, count, cidrBits]`, bits of hosts, by default 8.

    Before a deployment the block may be an attribute that is not `known`; the text then stands for each block.
    Raises InvalidArguments.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
    """
    try:
        block, count, bits = (*arguments, 8)[:3]
        number, host_bits = int(count), int(bits)
    except (TypeError, ValueError) as error:
        raise InvalidArguments("Template error: Fn::Cidr requires an IP block, a count and a number of bits") from error
    if not 1 <= number <= _MAX_BLOCKS:
        raise InvalidArguments(f"Template error: Fn::Cidr object expects count to be between 1 and {_MAX_BLOCKS}")
    try:
        network = ipaddress.ip_network(block)
    except ValueError as error:
        if not known:
            return [str(block)] * number
        raise InvalidArguments(f"Template error: every Fn::Cidr object requires a valid IP block: {block}") from error
    prefix = network.max_prefixlen - host_bits
    if prefix < network.prefixlen or number > 2 ** (prefix - network.prefixlen):
        raise InvalidArguments(f"Template error: Fn::Cidr cannot make {number} blocks of {host_bits} bits in {block}")
    return [str(part) for part in itertools.islice(network.subnets(new_prefix=prefix), number)]
