"""Whether VPC endpoints decide what a VPC reaches: ENGINES_VPC_ENDPOINTS, and a tag of the VPC that overrides it."""

from collections.abc import Mapping
from typing import Literal

from localstack_engines.toolkit import settings

Mode = Literal["off", "enforce"]
_MODES: tuple[Mode, ...] = ("off", "enforce")

TAG = f"{settings.LABEL_PREFIX}:vpc-endpoints"
"""The key of the tag. Its value is a mode; any other value has no effect."""


def mode() -> Mode:
    """Returns the mode, which is `off` without the variable. Raises ValueError for any other value."""
    return settings.choice("VPC_ENDPOINTS", _MODES)


def is_enforced(tags: Mapping[str, str]) -> bool:
    """Returns whether it is so in a VPC with these tags."""
    value = tags.get(TAG)
    return (value if value in _MODES else mode()) == "enforce"
