"""The values of the stages."""

from __future__ import annotations

import pytest

from cdk_app.stages import local, prod


def test_stages_have_different_stack_names_so_that_both_fit_one_account() -> None:
    assert local().stack_name("data") == "pms-data"
    assert prod(account=None, region="eu-central-1").stack_name("data") == "pms-prod-data"


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
def test_production_uses_three_zones_of_its_region(region: str) -> None:
    assert prod(account=None, region=region).network.zones == (f"{region}a", f"{region}b", f"{region}c")
