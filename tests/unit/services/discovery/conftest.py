"""The discovery application, with a signing key of the tests."""

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


@pytest.fixture
def key_reads() -> list[str]:
    return []


@pytest.fixture
def client(signing_key: rsa.RSAPrivateKey, key_reads: list[str]) -> TestClient:
    def public_key() -> bytes:
        key_reads.append("read")
        return signing_key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    settings = DiscoverySettings.from_environment({"JWT_ISSUER": f"{ISSUER}/", "SIGNING_KEY_ID": "key"})
    return TestClient(create_app(settings, public_key))
