"""The base class of the system's stacks."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from cdk_app.config import StageConfig


class SystemStack(Stack):
    """A stack with the stage's name, tags and termination protection."""

    def __init__(self, scope: Construct, *, name: str, config: StageConfig, description: str) -> None:
        super().__init__(
            scope,
            config.stack_name(name),
            env=config.env,
            description=description,
            termination_protection=config.termination_protection,
        )
        Tags.of(self).add("system", "pms")
        Tags.of(self).add("stage", config.name)

    def add_output(self, key: str, value: str, description: str) -> None:
        """Adds an output. Scripts read it by `key`, which does not depend on the construct that has the value."""
        CfnOutput(self, key, value=value, description=description)
