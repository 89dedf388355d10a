"""Properties that a template no longer has: they go back to AWS's defaults.

Update operations leave what a request does not name. So a type says for each of its updatable properties how the
property is reset, and a removal of any other property is refused.
"""

import copy
from collections.abc import Collection, Mapping
from typing import Any


class NotChangeable(ValueError):
    """The local service cannot make the change of a property."""


def complete(
    resource_type: str,
    updatable: Collection[str],
    previous: Mapping[str, Any],
    desired: Mapping[str, Any],
    *,
    defaults: Mapping[str, Any],
    reset: Collection[str],
    fixed: Collection[str],
) -> dict[str, Any]:
    """Returns the desired properties and the defaults of those that were removed.

    `reset` are the properties whose removal the type's update notices itself, `fixed` those that only a creation sets.
    Raises NotChangeable for a change of a fixed property, and for a removed one that has no default.
    """
    if names := sorted(name for name in fixed if previous.get(name) != desired.get(name)):
        raise NotChangeable(f"The local {resource_type} cannot change {', '.join(names)} of an existing resource")
    gone = {name for name in updatable if previous.get(name) is not None and desired.get(name) is None}
    if names := sorted(gone - defaults.keys() - set(reset)):
        raise NotChangeable(
            f"The local {resource_type} cannot return {', '.join(names)} to the default: set the value that you want"
        )
    return {**desired, **{name: copy.deepcopy(defaults[name]) for name in sorted(gone & defaults.keys())}}


def updatable_properties(schema: Mapping[str, Any]) -> set[str]:
    """Returns the properties that an update may change without replacing the resource."""
    excluded = {
        path.split("/")[2]
        for kind in ("createOnlyProperties", "readOnlyProperties")
        for path in schema.get(kind, [])
        if path.count("/") == 2
    }
    return set(schema["properties"]) - excluded
