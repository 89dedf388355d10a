"""Synthesises a stage once and answers questions about its templates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from cdk_app.assets import Assets
from cdk_app.config import StageConfig
from cdk_app.stages import build
from services.contracts.services import SERVICES

ROOT = Path(__file__).resolve().parents[2]
CONCERNS = ("network", "data", "messaging", "identity", "services", "api")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Synthesis:
    """`templates` by concern. `directory` is the cloud assembly."""

    config: StageConfig
    directory: Path
    templates: Mapping[str, dict[str, Any]] = field(repr=False)

    def of_type(self, kind: str) -> dict[str, Resource]:
        """Resources of CloudFormation type `kind` in all stacks, by `stack/logical id`."""
        return {name: resource for name, resource in self.resources() if resource["Type"] == kind}

    def one(self, kind: str) -> dict[str, Any]:
        """Properties of the only resource of that type."""
        (resource,) = self.of_type(kind).values()
        return resource["Properties"]

    def resources(self) -> Iterator[tuple[str, Resource]]:
        for concern, template in self.templates.items():
            for logical_id, resource in template["Resources"].items():
                yield f"{concern}/{logical_id}", resource

    def outputs(self, concern: str) -> set[str]:
        """Keys that the stack's author chose; the exports that CDK adds for other stacks are not for scripts."""
        return {key for key in self.templates[concern]["Outputs"] if not key.startswith("ExportsOutput")}


def synthesise(config: StageConfig, scratch: Path) -> Synthesis:
    """Synthesise `config` below `scratch`. Nothing is built: the layer is a stand-in, images are only fingerprinted."""
    layer = scratch / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "python" / "stand_in.py").write_text("")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(outdir=str(scratch / "cdk.out"), context=context)
    build(app, config, Assets(root=_repository(scratch), discovery_layer=layer))
    return _read(config, app.synth())


def _repository(scratch: Path) -> Path:
    """A tree like the repository's, so that a service that is being written cannot disturb the templates' tests."""
    root = scratch / "repository"
    for name in ("common", "contracts", "discovery", *SERVICES):
        folder = root / "services" / name
        folder.mkdir(parents=True)
        (folder / "main.py").write_text(f"# {name}\n")
    for name in ("__init__.py", "Dockerfile", "requirements.txt"):
        (root / "services" / name).write_text("# shared\n")
    return root


def _read(config: StageConfig, assembly: CloudAssembly) -> Synthesis:
    directory = Path(assembly.directory)
    templates = {
        concern: json.loads((directory / f"{config.stack_name(concern)}.template.json").read_text())
        for concern in CONCERNS
    }
    return Synthesis(config, directory, templates)
