"""The entry point of the CDK app. Only this file reads the environment and the CDK context.

cdklocal deploy --all                       deploys the whole system into LocalStack
cdk synth -c stage=prod                     writes the templates of the production stage
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

# Without these, jsii prints a warning of thirty lines for older Node releases. `make doctor` checks Node.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")

from aws_cdk import App

from cdk_app.assets import Assets
from cdk_app.config import Architecture, StageConfig
from cdk_app.stages import local, prod
from cdk_app.system import add_stacks

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Writes the cloud assembly of the stage that `-c stage=...` names. The default is `local`."""
    app = App()
    config = _stage(app.node.try_get_context("stage") or "local")
    assets = Assets.of_repository(ROOT, architecture=config.discovery.architecture)
    add_stacks(app, config=config, assets=assets)
    app.synth()


def _stage(name: object) -> StageConfig:
    if name == "local":
        return local(architecture=_machine_architecture())
    if name == "prod":
        return prod(
            account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1"),
        )
    raise SystemExit(f"unknown stage {name!r}; use -c stage=local or -c stage=prod")


def _machine_architecture() -> Architecture:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


if __name__ == "__main__":
    main()
