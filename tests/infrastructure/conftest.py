"""Both stages, synthesised once a session, because a synthesis takes seconds."""

from __future__ import annotations

import pytest

from cdk_app.stages import local, prod
from tests.infrastructure.synthesis import Synthesis, synthesise


@pytest.fixture(scope="session")
def local_stage(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(local(), tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def prod_stage(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(prod(account=None, region="us-east-1"), tmp_path_factory.mktemp("prod"))


@pytest.fixture(params=["local", "prod"])
def stage(request: pytest.FixtureRequest) -> Synthesis:
    """Each stage in turn, for what holds in both."""
    synthesis = request.getfixturevalue(f"{request.param}_stage")
    assert isinstance(synthesis, Synthesis)
    return synthesis
