"""How strictly IAM is enforced: the environment variable ENGINES_IAM."""

from typing import Literal

from localstack_engines.toolkit import settings

Mode = Literal["off", "warn", "enforce"]
_MODES: tuple[Mode, ...] = ("off", "warn", "enforce")


def mode() -> Mode:
    """Returns the mode, which is `off` without the variable. Raises ValueError for any other value."""
    return settings.choice("IAM", _MODES)
