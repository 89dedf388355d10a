"""An HTTP API that is an OpenAPI definition in a template."""

from collections.abc import Iterator

import pytest

from lab.apps import Make, body, call
from lab.gateway import Issuer


@pytest.fixture
def issuer(address: str) -> Iterator[Issuer]:
    issuer = Issuer(address)
    yield issuer
    issuer.close()


def test_an_openapi_definition_with_a_jwt_authorizer(app: Make, issuer: Issuer) -> None:
    orders = app("openapi-jwt.yaml")
    url = orders.deploy(Issuer=issuer.url)["Url"]
    assert body(call("GET", f"{url}/health")) == {"path": "/health", "caller": None}
    assert call("GET", f"{url}/orders/1").status_code == 401
    token = issuer.token(aud="app", scope="orders.read", sub="joe")
    assert body(call("GET", f"{url}/orders/1", headers=bearer(token))) == {"path": "/orders/1", "caller": "joe"}
    other = issuer.token(aud="app", scope="orders.write")
    assert call("GET", f"{url}/orders/1", headers=bearer(other)).status_code == 403

    orders.edit("/orders/{id}", "/invoices/{id}")
    orders.deploy(Issuer=issuer.url)
    assert call("GET", f"{url}/orders/1").status_code == 404
    assert body(call("GET", f"{url}/invoices/1", headers=bearer(token)))["caller"] == "joe"
    orders.destroy()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}
