"""The discovery application, with signing keys of the tests."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient

from services.discovery.config import DiscoverySettings
from services.discovery.main import create_app

ISSUER = "https://pms.example.org"


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="session")
def public_der(signing_key: rsa.RSAPrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return signing_key.public_key().public_bytes(serialization.Encoding.DER, form)


@pytest.fixture
def client(public_der: bytes) -> TestClient:
    settings = DiscoverySettings.from_environment({"JWT_ISSUER": f"{ISSUER}/", "SIGNING_KEY_ALIAS": "alias/test"})
    return TestClient(create_app(settings, lambda: [public_der] * 3))
