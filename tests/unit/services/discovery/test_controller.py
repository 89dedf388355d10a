"""The issuer's metadata and keys, and the documentation page, over HTTP."""

import re

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi.testclient import TestClient

from tests.unit.services.discovery.conftest import ISSUER


def test_the_metadata_has_the_issuer_of_the_tokens_and_the_url_of_its_keys(client: TestClient) -> None:
    metadata = client.get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == ISSUER
    assert metadata["jwks_uri"] == f"{ISSUER}/.well-known/jwks.json"


def test_a_token_is_verified_with_the_published_key(client: TestClient, signing_key: rsa.RSAPrivateKey) -> None:
    keys = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json())
    [key] = keys.keys
    token = jwt.encode({"sub": "x"}, signing_key, algorithm="RS256", headers={"kid": key.key_id})
    assert jwt.decode(token, keys[jwt.get_unverified_header(token)["kid"]], algorithms=["RS256"]) == {"sub": "x"}


@pytest.mark.parametrize(
    "path",
    ["/.well-known/openid-configuration", "/.well-known/jwks.json", "/docs", "/openapi.json", "/docs/swagger-ui.css"],
)
def test_everything_may_be_cached(client: TestClient, path: str) -> None:
    assert re.fullmatch(r"public, max-age=\d+", client.get(path).headers["cache-control"])


def test_only_the_public_part_of_the_key_is_published(client: TestClient) -> None:
    [key] = client.get("/.well-known/jwks.json").json()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "use", "alg"}


def test_the_documentation_page_loads_nothing_from_other_servers(client: TestClient) -> None:
    page = client.get("/docs")
    links = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert links
    for link in links:
        assert client.get(f"/{link}").status_code == 200, link
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["main.py", "..%2fmain.py", "%2e%2e/main.py", "resources/__init__.py", "nothing"])
def test_only_the_files_of_the_page_are_served(client: TestClient, name: str) -> None:
    assert client.get(f"/docs/{name}").status_code == 404


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/docs/swagger-ui.css")
    again = client.get("/docs/swagger-ui.css", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
