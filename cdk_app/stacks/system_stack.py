"""What every stack of the system has in common."""

from __future__ import annotations

from aws_cdk import CfnOutput, Stack, Tags
from constructs import Construct

from cdk_app.config import StageConfig


class SystemStack(Stack):
    """A stack named after its stage and concern, with outputs whose keys scripts may rely on."""

    def __init__(self, scope: Construct, concern: str, *, config: StageConfig, description: str) -> None:
        super().__init__(
            scope,
            config.stack_name(concern),
            env=config.env,
            description=description,
            termination_protection=config.database.deletion_protection,
        )
        Tags.of(self).add("system", "pms")
        Tags.of(self).add("stage", config.name)

    def output(self, key: str, value: str, description: str) -> None:
        """An output that is called `key`, whatever construct made the value."""
        CfnOutput(self, key, value=value, description=description)
