"""Both stages, synthesised once a session: the slow part is starting jsii."""

from __future__ import annotations

import pytest

from cdk_app.catalogue import SERVICES
from cdk_app.config import local, prod
from tests.infrastructure.synthesis import Synthesis, synthesise


@pytest.fixture(scope="session")
def local_stage(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesise(local(), tmp_path_factory.mktemp("local"))


@pytest.fixture(scope="session")
def prod_stage(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Production, with every service of the catalogue, whether it is switched on yet or not."""
    config = prod(account=None, region="us-east-1", services=tuple(SERVICES.values()))
    return synthesise(config, tmp_path_factory.mktemp("prod"))


@pytest.fixture(params=["local", "prod"])
def stage(request: pytest.FixtureRequest) -> Synthesis:
    """What must hold in either stage."""
    synthesis = request.getfixturevalue(f"{request.param}_stage")
    assert isinstance(synthesis, Synthesis)
    return synthesis
