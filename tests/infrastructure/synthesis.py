"""Synthesises a stage and answers questions about its templates."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.cx_api import CloudAssembly

from cdk_app.assets import Assets
from cdk_app.catalogue import SERVICES
from cdk_app.config import StageConfig
from cdk_app.system import add_stacks

ROOT = Path(__file__).resolve().parents[2]
STACKS = ("network", "data", "messaging", "identity", "services", "api")

Resource = dict[str, Any]
Statement = dict[str, Any]


@dataclass(frozen=True)
class Synthesis:
    """The result of a synthesis. `directory` is the cloud assembly; `templates` are by the short name of the stack."""

    config: StageConfig
    directory: Path
    templates: Mapping[str, dict[str, Any]] = field(repr=False)

    def of_type(self, resource_type: str) -> dict[str, Resource]:
        """Returns the resources of a CloudFormation type in all stacks, by `stack/logical id`."""
        return {name: resource for name, resource in self.resources() if resource["Type"] == resource_type}

    def one(self, resource_type: str) -> dict[str, Any]:
        """Returns the properties of the only resource of a type. Raises ValueError when there is not exactly one."""
        (resource,) = self.of_type(resource_type).values()
        return resource["Properties"]

    def resources(self) -> Iterator[tuple[str, Resource]]:
        """Yields every resource with its `stack/logical id`."""
        for stack, template in self.templates.items():
            for logical_id, resource in template["Resources"].items():
                yield f"{stack}/{logical_id}", resource

    def task_definitions(self) -> dict[str, dict[str, Any]]:
        """Returns the properties of every task definition by the name of its service."""
        definitions = [resource["Properties"] for resource in self.of_type("AWS::ECS::TaskDefinition").values()]
        prefix = f"{self.config.prefix}-"
        return {definition["Family"].removeprefix(prefix): definition for definition in definitions}

    def containers(self) -> Iterator[dict[str, Any]]:
        """Yields every container of every task definition."""
        for definition in self.task_definitions().values():
            yield from definition["ContainerDefinitions"]

    def policy_statements(self) -> Iterator[tuple[str, Statement]]:
        """Yields every statement of every role's policy with the `stack/logical id` of the policy."""
        for name, policy in self.of_type("AWS::IAM::Policy").items():
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                yield name, statement

    def policies_allowing(self, action: str) -> set[str]:
        """Returns the `stack/logical id` of the policies that allow `action`."""
        return {name for name, statement in self.policy_statements() if action in actions_of(statement)}

    def outputs(self, stack: str) -> set[str]:
        """Returns the keys of the stack's own outputs, without the exports that CDK adds for other stacks."""
        return {key for key in self.templates[stack]["Outputs"] if not key.startswith("ExportsOutput")}


def actions_of(statement: Statement) -> set[str]:
    """Returns the actions of a policy's statement."""
    actions = statement["Action"]
    return set(actions) if isinstance(actions, list) else {actions}


def synthesise(config: StageConfig, scratch: Path) -> Synthesis:
    """Synthesises `config` below `scratch`. Builds nothing: the layer is a stand-in, and images are only hashed."""
    layer = scratch / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "python" / "stand_in.py").write_text("")
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(outdir=str(scratch / "cdk.out"), context=context)
    add_stacks(app, config=config, assets=Assets(root=_repository(scratch), discovery_layer=layer))
    return _read(config, app.synth())


def _repository(scratch: Path) -> Path:
    """Returns a tree like the repository's, so that changes to the services' code do not affect these tests."""
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
        stack: json.loads((directory / f"{config.stack_name(stack)}.template.json").read_text()) for stack in STACKS
    }
    return Synthesis(config, directory, templates)
