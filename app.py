"""CDK entry point. Only this file reads the environment and the CDK context; everything below it is told.

cdklocal deploy --all                       the whole system in LocalStack
cdk synth -c stage=prod                     the same stacks with production sizes
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

# jsii warns about Node releases near their end of life in thirty lines on every synth; `make doctor` checks Node.
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1")
os.environ.setdefault("JSII_SILENCE_WARNING_DEPRECATED_NODE_VERSION", "1")

from aws_cdk import App

from cdk_app.assets import Assets
from cdk_app.config import Architecture, StageConfig, local, prod
from cdk_app.system import build

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Compose the stage that `-c stage=...` names and write its cloud assembly."""
    app = App()
    config = _stage(app.node.try_get_context("stage") or "local")
    build(app, config, Assets.of_repository(ROOT, architecture=config.architecture))
    app.synth()


def _stage(name: object) -> StageConfig:
    if name == "local":
        return local(architecture=_this_machine())
    if name == "prod":
        return prod(
            account=os.environ.get("CDK_DEFAULT_ACCOUNT"),
            region=os.environ.get("CDK_DEFAULT_REGION", "us-east-1"),
        )
    raise SystemExit(f"unknown stage {name!r}: say -c stage=local or -c stage=prod")


def _this_machine() -> Architecture:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


if __name__ == "__main__":
    main()
