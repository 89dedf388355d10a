"""References to stage variables in URIs: `${stageVariables.name}`."""

import re
from collections.abc import Mapping

REFERENCE = re.compile(r"\$\{stageVariables\.([\w-]+)\}")


def resolve(text: str, variables: Mapping[str, str]) -> str:
    """Returns the text with the variables' values; a variable that the stage does not have is empty."""
    return REFERENCE.sub(lambda found: variables.get(found[1], ""), text)
