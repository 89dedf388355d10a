"""The settings of the discovery function."""

import pytest

from services.discovery.config import DiscoverySettings
from tests.unit.services.discovery.conftest import ISSUER


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(KeyError, match="SIGNING_KEY_ALIAS"):
        DiscoverySettings.from_environment({"JWT_ISSUER": ISSUER})
