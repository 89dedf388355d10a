"""The API through the gateway, as a client with or without the right token sees it."""

import httpx
import pytest

from ops import settings
from tests.support.people import PASSWORD, Person, new_patient, register, unique

PROBLEM = "application/problem+json"


def test_the_whole_life_of_a_patient(staff: Person) -> None:
    body = new_patient()
    created = staff.http.post("/api/patients", json=body)
    assert created.status_code == 201, created.text
    patient = created.json()
    assert {key: patient[key] for key in body} == body
    assert created.headers["location"].endswith(f"/api/patients/{patient['id']}")
    path = f"/api/patients/{patient['id']}"

    read = staff.http.get(path)
    assert read.status_code == 200
    assert read.headers["etag"] == created.headers["etag"]

    listed = staff.http.get("/api/patients", params={"email": body["email"]}).json()
    assert [item["id"] for item in listed["items"]] == [patient["id"]]
    assert listed["next_cursor"] is None

    changed = staff.http.put(path, json=body | {"name": "Grace Hopper"}, headers={"if-match": read.headers["etag"]})
    assert changed.status_code == 200, changed.text
    assert changed.json()["version"] == patient["version"] + 1
    stale = staff.http.put(path, json=body, headers={"if-match": read.headers["etag"]})
    assert stale.status_code == 412

    assert staff.http.delete(path).status_code == 204
    assert staff.http.get(path).status_code == 404


def test_both_addresses_of_the_api_answer(staff: Person) -> None:
    named = f"http://{settings.API_HOST}:{settings.EDGE_PORT}/api/patients"
    answer = httpx.get(named, params={"limit": 1}, headers={"authorization": f"Bearer {staff.token}"})
    assert answer.status_code == 200, answer.text


def test_registering_logging_in_and_refreshing(anybody: httpx.Client) -> None:
    account = register(anybody)
    assert account["roles"] == ["PATIENT"]
    login = anybody.post("/auth/login", json={"username": account["username"], "password": PASSWORD})
    assert login.status_code == 200
    tokens = login.json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 900
    me = anybody.get("/auth/me", headers={"authorization": f"Bearer {tokens['access_token']}"})
    assert me.status_code == 200
    assert me.json()["username"] == account["username"]

    renewed = anybody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    assert renewed.status_code == 200, renewed.text
    # A rotated token that is used again was stolen, so the whole session ends.
    assert anybody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).status_code == 401
    again = anybody.post("/auth/refresh", json={"refresh_token": renewed.json()["refresh_token"]})
    assert again.status_code == 401


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer nonsense"}, {"authorization": "Basic YTpi"}])
def test_without_a_valid_token_the_gateway_says_401(anybody: httpx.Client, header: dict[str, str]) -> None:
    answer = anybody.get("/api/patients", headers=header)
    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}
    assert "www-authenticate" in answer.headers


def test_without_the_scope_the_gateway_says_403(patient: Person) -> None:
    answer = patient.http.get("/auth/users")  # only ADMIN and STAFF have users:read
    assert answer.status_code == 403
    assert answer.json() == {"message": "Forbidden"}


def test_an_unknown_route_is_404(staff: Person) -> None:
    answer = staff.http.get("/no/such/route")
    assert answer.status_code == 404
    assert answer.json() == {"message": "Not Found"}


def test_a_tampered_token_is_refused(anybody: httpx.Client, staff: Person) -> None:
    head, payload, signature = staff.token.split(".")
    flipped = signature[:-6] + ("AAAAAA" if not signature.endswith("AAAAAA") else "BBBBBB")
    answer = anybody.get("/api/patients", headers={"authorization": f"Bearer {head}.{payload}.{flipped}"})
    assert answer.status_code == 401


def test_one_patient_does_not_see_another(patient: Person, staff: Person) -> None:
    other = staff.http.post("/api/patients", json=new_patient()).json()
    assert patient.http.get(f"/api/patients/{other['id']}").status_code == 404
    own = patient.http.post("/api/patients", json=new_patient())
    assert own.status_code == 201, own.text
    seen = patient.http.get("/api/patients").json()["items"]
    assert [item["id"] for item in seen] == [own.json()["id"]]


def test_a_duplicate_email_is_409(staff: Person) -> None:
    body = new_patient()
    assert staff.http.post("/api/patients", json=body).status_code == 201
    answer = staff.http.post("/api/patients", json=body)
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith(PROBLEM)


def test_a_repeated_request_has_one_effect(staff: Person) -> None:
    body = new_patient()
    key = {"idempotency-key": unique("key")}
    first, second = (staff.http.post("/api/patients", json=body, headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    other = staff.http.post("/api/patients", json=new_patient(), headers=key)
    assert other.status_code == 422


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"[]",
        b'{"name": "x"}',
        b'{"name":"x","email":"x@example.com","dob":"2999-01-01"}',
        b"\xff\xfe",
        b"[" * 5000,
    ],
    ids=["cut off", "no object", "incomplete", "born in the future", "not UTF-8", "too deep"],
)
def test_bad_input_is_a_problem_of_the_caller(staff: Person, content: bytes) -> None:
    answer = staff.http.post("/api/patients", content=content, headers={"content-type": "application/json"})
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.headers["content-type"].startswith(PROBLEM)
    assert answer.json()["status"] == answer.status_code


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 10**9}, {"cursor": "nonsense"}, {"dob": "yesterday"}])
def test_bad_queries_are_422(staff: Person, query: dict[str, str]) -> None:
    assert staff.http.get("/api/patients", params=query).status_code in (400, 422)


def test_unknown_fields_are_refused(staff: Person) -> None:
    assert staff.http.post("/api/patients", json=new_patient(role="ADMIN")).status_code == 422


def test_discovery_and_docs_need_no_token(anybody: httpx.Client) -> None:
    metadata = anybody.get("/.well-known/openid-configuration").json()
    keys = anybody.get("/.well-known/jwks.json").json()["keys"]
    assert metadata["jwks_uri"].endswith("/.well-known/jwks.json")
    assert keys
    assert all(key["kty"] == "RSA" and "d" not in key for key in keys)
    assert "swagger" in anybody.get("/docs", follow_redirects=True).text.lower()
    assert "/api/patients" in anybody.get("/openapi.json").json()["paths"]
