"""What is uploaded with the stacks: one image a service, and the discovery Lambda's code and layer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

IMAGE_INPUTS = ("__init__.py", "Dockerfile", "requirements.txt", "common", "contracts")
"""What every service image is made of, below `services/`, beside the service's own folder."""


@dataclass(frozen=True, kw_only=True)
class Assets:
    """Where the sources of the assets lie. Templates depend on their contents only through the assets' hashes."""

    root: Path
    """The repository: build context of the service images, and where the Lambda's code is."""
    discovery_layer: Path
    """A directory that holds `python/`."""

    @classmethod
    def of_repository(cls, root: Path, *, architecture: str) -> Assets:
        """The repository's own sources, and the Lambda's layer: made without Docker, or found in its cache."""
        # Imported here because only a real synth may build something.
        from lambda_layers.build import build

        return cls(root=root, discovery_layer=build("discovery", architecture))


def image_excludes(service: str) -> list[str]:
    """Patterns, as in a .dockerignore, that leave just the inputs of `service`'s image.

    Another service's change must not change this image's hash: a deploy would build, push and roll it for nothing.
    """
    inputs = [f"!services/{name}" for name in (*IMAGE_INPUTS, service)]
    return ["**", *inputs, "**/__pycache__", "**/*.pyc", "**/*.md"]


def discovery_excludes() -> list[str]:
    """Likewise for the discovery Lambda, which has no use for `common`: it shall start quickly."""
    inputs = [f"!services/{name}" for name in ("__init__.py", "contracts", "discovery")]
    return ["**", *inputs, "services/contracts/proto", "**/__pycache__", "**/*.pyc", "**/*.md"]
