"""The assets that are uploaded with the stacks: an image for each service, and the discovery function's code and layer.

An asset's hash covers its inputs only, so that a change elsewhere does not build, push and roll it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

IMAGE_INPUTS = ("__init__.py", "Dockerfile", "requirements.txt", "common", "contracts")
"""The inputs of every service image, below `services/`. The service's own folder comes in addition."""
FUNCTION_INPUTS = ("__init__.py", "contracts", "discovery")
"""The inputs of the discovery function, below `services/`. It works without `common`, so that it starts quickly."""
NEVER_INPUTS = ("**/__pycache__", "**/*.pyc", "**/*.md")


@dataclass(frozen=True, kw_only=True)
class Assets:
    """The folders that assets are made from. The stacks depend on their contents through the assets' hashes only."""

    root: Path
    """The repository: the build context of the service images, and the folder of the function's code."""
    discovery_layer: Path
    """The folder of the discovery function's layer. It holds `python/`."""

    @classmethod
    def of_repository(cls, root: Path, *, architecture: str) -> Assets:
        """Returns the repository's own assets. Builds the layer, without Docker, unless an earlier build fits."""
        # Imported here because tests synthesise without building anything.
        from lambda_layers.build import build

        return cls(root=root, discovery_layer=build("discovery", architecture))


def image_excludes(service: str) -> list[str]:
    """Returns the `.dockerignore` patterns that leave only the inputs of the image of `service`."""
    return ["**", *_include(*IMAGE_INPUTS, service), *NEVER_INPUTS]


def function_excludes() -> list[str]:
    """Returns the `.dockerignore` patterns that leave only the inputs of the discovery function's code."""
    return ["**", *_include(*FUNCTION_INPUTS), "services/contracts/proto", *NEVER_INPUTS]


def _include(*names: str) -> list[str]:
    return [f"!services/{name}" for name in names]
