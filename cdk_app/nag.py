"""cdk-nag: checks against AWS's solutions and HIPAA packs."""

from __future__ import annotations

from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks, HIPAASecurityChecks


def check(app: App, stacks: tuple[Stack, ...]) -> None:
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), HIPAASecurityChecks(app))
