"""The key set that a service reads from its issuer over HTTP."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from services.common.errors import Unavailable
from services.common.security.keys import KeySet
from services.contracts.jwk import jwk_of
from tests.support.issuer import TestIssuer


@pytest.fixture(scope="module")
def issuer() -> TestIssuer:
    return TestIssuer()


class _KeyServer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.requests += 1
        body = json.dumps({"keys": server.keys}).encode()
        self.send_response(server.status)
        if server.status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def key_server(issuer: TestIssuer) -> Iterator[Any]:
    server: Any = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _KeyServer)
    server.requests, server.status, server.keys = 0, 200, [jwk_of(issuer.public_der)]
    server.url = f"http://127.0.0.1:{server.server_port}/jwks.json"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


@pytest.mark.attack(6)
def test_many_unknown_key_ids_cause_one_request(issuer: TestIssuer, key_server: Any) -> None:
    async def flood() -> None:
        keys = KeySet(key_server.url)
        assert await keys.get(issuer.key_id)
        found = await asyncio.gather(*(keys.get(f"unknown-{number}") for number in range(200)))
        assert set(found) == {None}

    asyncio.run(flood())
    assert key_server.requests == 1


@pytest.mark.attack(6)
def test_a_new_key_is_found_and_a_retired_one_forgotten(issuer: TestIssuer, key_server: Any) -> None:
    other = TestIssuer()

    async def rotate() -> None:
        keys = KeySet(key_server.url, cooldown=0.0)
        assert await keys.get(issuer.key_id)
        key_server.keys = [jwk_of(other.public_der)]
        assert await keys.get(other.key_id)
        assert await keys.get(issuer.key_id) is None

    asyncio.run(rotate())


@pytest.mark.attack(6)
def test_a_withdrawn_key_is_not_known_and_nor_is_any_key_of_an_old_copy(issuer: TestIssuer, key_server: Any) -> None:
    other = TestIssuer()

    async def withdraw() -> None:
        keys = KeySet(key_server.url, cooldown=0.0)
        assert not keys.knows(issuer.key_id)
        key_server.keys = [jwk_of(issuer.public_der), jwk_of(other.public_der)]
        assert await keys.get(issuer.key_id)
        assert keys.knows(issuer.key_id)
        assert keys.knows(other.key_id)
        key_server.keys = [jwk_of(other.public_der)]
        assert await keys.get("unknown") is None  # which fetches the keys
        assert not keys.knows(issuer.key_id)
        assert keys.knows(other.key_id)

        old = KeySet(key_server.url, max_age=0.0)
        assert await old.get(other.key_id)
        assert not old.knows(other.key_id)

    asyncio.run(withdraw())


def test_an_issuer_that_is_away_matters_only_before_the_first_keys(issuer: TestIssuer, key_server: Any) -> None:
    async def outage() -> None:
        keys = KeySet(key_server.url, cooldown=0.0, max_age=0.0)
        assert await keys.get(issuer.key_id)
        key_server.status = 500
        assert await keys.get(issuer.key_id)
        fresh = KeySet(key_server.url)
        with pytest.raises(Unavailable):
            await fresh.get(issuer.key_id)

    asyncio.run(outage())


def test_a_service_waits_for_its_issuer_before_it_listens(issuer: TestIssuer, key_server: Any) -> None:
    async def start() -> None:
        keys = KeySet(key_server.url)
        key_server.status = 503
        waiting = asyncio.create_task(keys.warm_up())
        while key_server.requests < 2:  # noqa: ASYNC110 - another thread counts
            await asyncio.sleep(0.01)
        assert not waiting.done()
        key_server.status = 200
        await waiting
        assert await keys.get(issuer.key_id)

    asyncio.run(start())


@pytest.mark.attack(3)
@pytest.mark.parametrize("status", [302, 404])
def test_redirects_are_not_followed(issuer: TestIssuer, key_server: Any, status: int) -> None:
    key_server.status = status
    with pytest.raises(Unavailable):
        asyncio.run(KeySet(key_server.url).get(issuer.key_id))
