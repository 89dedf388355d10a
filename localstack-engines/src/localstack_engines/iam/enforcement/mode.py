"""How strictly IAM is enforced: the environment variable ENGINES_IAM."""

from typing import Literal

from localstack_engines.toolkit import settings

Mode = Literal["off", "warn", "enforce"]
_MODES: tuple[Mode, ...] = ("off", "warn", "enforce")


def mode() -> Mode:
    """Returns the mode, which is `off` without the variable. Raises ValueError for any other value."""
    value = settings.variable("IAM", "off")
    for one in _MODES:
        if value == one:
            return one
    raise ValueError(f"ENGINES_IAM is {value!r} and must be one of {', '.join(_MODES)}")
