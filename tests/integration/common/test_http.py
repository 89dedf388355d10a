"""The responses of every service to invalid requests: the attacks of `docs/security.md`."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any

import httpx
import pytest

from services.contracts.roles import Role
from tests.support.issuer import TestIssuer

JSON = {"content-type": "application/json"}


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Returns whether the response is problem+json with this status."""
    document = answer.json()
    shape = {"type", "title", "status", "instance"} <= document.keys()
    media = answer.headers["content-type"] == "application/problem+json"
    return shape and media and answer.status_code == document["status"] == status


@pytest.mark.attack(1)
@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "Basic YTpi"},
        {"authorization": "Bearer a.b.c"},
        {"authorization": "bearer \xff"},
    ],
    ids=str,
)
async def test_a_request_without_a_valid_token_is_401(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    del client.headers["authorization"]
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    answer = await client.get("/counters/me", headers=raw)
    assert is_problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert is_problem(await client.get("/counters/me"), 401)


@pytest.mark.attack(1)
async def test_two_authorization_headers_are_401(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    value = issuer.bearer(Role.ADMIN)["Authorization"].encode()
    del client.headers["authorization"]
    answer = await client.get("/counters/me", headers=[(b"authorization", value), (b"authorization", b"Bearer x")])
    assert is_problem(answer, 401)


@pytest.mark.attack(7)
async def test_spoofed_identity_headers_are_ignored(client: httpx.AsyncClient, issuer: TestIssuer) -> None:
    me = uuid.uuid4()
    spoofed = {"X-User-Id": "admin", "X-User-Roles": "ADMIN", "X-Amzn-Request-Context": '{"authorizer":{}}'}
    answer = await client.get("/counters/me", headers={**issuer.bearer(Role.PATIENT, subject=me), **spoofed})
    assert answer.json() == {"subject": str(me), "roles": ["PATIENT"]}
    del client.headers["authorization"]
    assert is_problem(await client.get("/counters/me", headers=spoofed), 401)


async def test_a_role_that_lacks_the_scope_is_403_and_recorded(
    client: httpx.AsyncClient, issuer: TestIssuer, sql: Any
) -> None:
    me = uuid.uuid4()
    answer = await client.post("/counters", json={"name": "a"}, headers=issuer.bearer(Role.DOCTOR, subject=me))
    assert is_problem(answer, 403)
    row = await sql.fetchrow("SELECT * FROM audit_log")
    assert (row["actor"], row["action"], row["outcome"]) == (str(me), "POST /counters", "denied")


@pytest.mark.attack(18, 19)
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"text"', 422),
        (b'{"name": "a", "value": NaN}', 400),
        (b'{"name": "a", "value": 1e400}', 400),
        (b'{"name": "a", "value": 1.5}', 422),
        (b'{"name": "a", "value": "1; DROP TABLE counter"}', 422),
        (b'{"name": "a", "more": 1}', 422),
        (b'{"name": "a\\u0000b"}', 422),
        (b'{"name": "\\ud800"}', 422),
        (b'{"name": "\xff"}', 400),
        (b'{"a":' * 100 + b"1" + b"}" * 100, 400),
        (b"[" * 100_000, 400),
        (b'{"name": "a", "value": ' + b"9" * 5000 + b"}", 400),
        (b'{"name": "a", "value": 99999999999999999999}', 422),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_invalid_bodies_are_rejected(client: httpx.AsyncClient, body: bytes, status: int) -> None:
    assert is_problem(await client.post("/counters", content=body, headers=JSON), status)


@pytest.mark.attack(17, 18)
@pytest.mark.parametrize(
    "name", ["Zoë", "😀", "\u202eright to left", "a\r\nSet-Cookie: x", "<script>", "'; --", "{{7*7}}"]
)
async def test_text_is_returned_unchanged(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.post("/counters", json={"name": name})
    assert answer.status_code == 201
    assert answer.json()["name"] == name
    assert "set-cookie" not in answer.headers


@pytest.mark.attack(21)
@pytest.mark.parametrize(
    "media_type",
    [None, "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16"],
)
async def test_other_media_types_are_415(client: httpx.AsyncClient, media_type: str | None) -> None:
    headers = {"content-type": media_type} if media_type else {}
    assert is_problem(await client.post("/counters", content=b'{"name": "a"}', headers=headers), 415)


@pytest.mark.attack(18)
@pytest.mark.parametrize(
    "path", ["/counters/%00", "/counters?by=%00", "/counters?by=%ff", "/counters/%ff", "/counters/%ed%a0%80"]
)
async def test_invalid_urls_are_422(client: httpx.AsyncClient, path: str) -> None:
    assert is_problem(await client.get(path), 422)


@pytest.mark.attack(12)
@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=1000000000", "limit=x", "cursor=x", "unknown=1"])
async def test_invalid_queries_are_422(client: httpx.AsyncClient, query: str) -> None:
    assert is_problem(await client.get(f"/counters?{query}"), 422)


@pytest.mark.attack(20)
async def test_a_body_over_ten_megabytes_is_413(client: httpx.AsyncClient) -> None:
    async def chunks() -> Any:
        for _ in range(11):
            yield b" " * 1024 * 1024

    assert is_problem(await client.post("/counters", content=b" " * (10 * 1024 * 1024 + 1), headers=JSON), 413)
    assert is_problem(await client.post("/counters", content=chunks(), headers=JSON), 413)


@pytest.mark.attack(20)
async def test_a_body_that_does_not_arrive_is_408(client: httpx.AsyncClient, app: Any) -> None:
    app.state.runtime.settings = app.state.runtime.settings.model_copy(update={"body_seconds": 0.3})

    async def slow() -> Any:
        yield b"{"
        await asyncio.sleep(5)
        yield b"}"

    assert is_problem(await client.post("/counters", content=slow(), headers=JSON), 408)


async def test_unknown_routes_are_404_and_other_methods_405(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get("/nothing"), 404)
    assert is_problem(await client.delete("/counters"), 405)
    assert is_problem(await client.get("/counters/"), 404)
    assert is_problem(await client.put(f"/counters/{uuid.uuid4()}", json={"name": "a"}), 404)


async def test_an_unexpected_error_is_500_without_its_text(
    capsys: pytest.CaptureFixture[str], client: httpx.AsyncClient
) -> None:
    answer = await client.get("/counters/broken")
    assert is_problem(answer, 500)
    logged = capsys.readouterr().out
    assert "canary-7391" not in answer.text + logged
    lines = [json.loads(line) for line in logged.splitlines()]
    (error,) = [line for line in lines if line["event"] == "unhandled_error"]
    assert error["error"] == "RuntimeError"
    assert error["error_at"]
    (request,) = [line for line in lines if line["event"] == "request"]
    assert (request["status"], request["route"]) == (500, "/counters/broken")
    assert request["trace_id"] == error["trace_id"]
    assert request["request_id"] == answer.headers["x-request-id"]


@pytest.mark.attack(28)
async def test_another_origin_gets_no_cors_headers(client: httpx.AsyncClient) -> None:
    answer = await client.get("/counters", headers={"Origin": "http://evil.test"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]


async def test_only_a_valid_request_id_is_kept(client: httpx.AsyncClient) -> None:
    kept = await client.get("/counters", headers={"X-Request-Id": "abc-1"})
    assert kept.headers["x-request-id"] == "abc-1"
    replaced = await client.get("/counters", headers={"X-Request-Id": "a b\tc" + "x" * 100})
    assert uuid.UUID(replaced.headers["x-request-id"])


async def test_pages_contain_every_row_once_in_each_order(client: httpx.AsyncClient, sql: Any) -> None:
    await sql.execute(
        "INSERT INTO counter SELECT gen_random_uuid(), 'n' || (n % 7), n % 5, 1 FROM generate_series(1, 103) AS n"
    )
    for order in ("name", "value"):
        seen: list[dict[str, Any]] = []
        query = {"by": order, "limit": "10"}
        while True:
            part = (await client.get("/counters", params=query)).json()
            seen += part["items"]
            if part["next_cursor"] is None:
                break
            query["cursor"] = part["next_cursor"]
        assert len(seen) == len({row["id"] for row in seen}) == 103
        keys = [(row["name"] if order == "name" else -row["value"], row["id"]) for row in seen]
        assert keys == sorted(keys)
    crossed = await client.get("/counters", params={"by": "name", "cursor": query["cursor"]})
    assert is_problem(crossed, 422)


async def test_health_info_and_metrics(client: httpx.AsyncClient) -> None:
    await client.get("/counters")
    assert (await client.get("/health/live")).json() == {"status": "up"}
    ready = (await client.get("/health/ready")).json()
    assert ready["checks"] == {"database": "up", "broker": "up"}
    assert (await client.get("/info")).json()["service"] == "counter"
    metrics = (await client.get("/metrics")).text
    assert 'http_requests_total{method="GET",route="/counters",status="200"}' in metrics
    assert "outbox_unpublished" in metrics
    document = (await client.get("/openapi.json")).json()
    assert not [path for path in document["paths"] if path.startswith(("/health", "/info", "/metrics"))]
