"""Attacks 17 to 25 of docs/security.md: values, bodies and conditions that are wrong or misleading."""

from __future__ import annotations

import json
import socket
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any

import httpx
import pytest

from lab.waiting import until
from ops import settings
from tests.e2e.tasks import HTTP_PORT, Task
from tests.support import logs, people
from tests.support.clinic import complete_a_visit, emails_to, wait_for_free_slots
from tests.support.people import Person, new_patient

JSON = {"content-type": "application/json"}
LIMIT = 10 * 1024 * 1024
PROBLEM = "application/problem+json"


def post(person: Person, content: Any, path: str = "/api/patients", headers: dict[str, str] = JSON) -> httpx.Response:
    return person.http.post(path, content=content, headers=headers)


def is_problem(answer: httpx.Response, *statuses: int) -> bool:
    assert answer.headers["content-type"] == PROBLEM, answer.text
    return answer.status_code in statuses


def raw(**details: str) -> bytes:
    """Returns a patient's body in which the given fields have these JSON texts, escapes included."""
    fields = {name: json.dumps(value) for name, value in new_patient().items()} | details
    return ("{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}").encode()


@pytest.mark.attack(17)
@pytest.mark.parametrize(
    "text",
    [
        "Robert'); DROP TABLE patient;--",
        "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
        "${jndi:ldap://127.0.0.1/x}",
        "<script>alert(1)</script>",
        "%s %(name)s {0.__class__} %_\\",
    ],
)
def test_attack_17_code_is_stored_as_text(staff: Person, text: str) -> None:
    """The text is stored, found and written into an e-mail as it was sent."""
    created = staff.http.post("/api/patients", json=new_patient(name=text, address=text))
    assert created.status_code == 201, created.text
    patient = staff.http.get(f"/api/patients/{created.json()['id']}").json()
    assert (patient["name"], patient["address"]) == (text, text)
    found = staff.http.get("/api/patients", params={"name": text, "limit": 200}).json()["items"]
    assert patient["id"] in {item["id"] for item in found}
    mail = until("the welcome", lambda: emails_to(patient["email"]))[0]
    assert text in mail["Body"]["text_part"]


@pytest.mark.attack(17)
def test_attack_17_line_ends_split_neither_names_nor_headers(staff: Person) -> None:
    for name in ("a\r\nb", "a\nb", "a\u2028b"):
        assert is_problem(staff.http.post("/api/patients", json=new_patient(name=name)), 422)
    email = {"to": "a@example.com", "subject": "Hello", "body": "Hello"}
    for fault in ({"subject": "Hello\r\nBcc: b@example.com"}, {"to": "a@example.com\r\nBcc: b@example.com"}):
        assert is_problem(staff.http.post("/notify/email", json=email | fault), 422)


@pytest.mark.attack(17)
def test_attack_17_line_ends_split_no_log_line(anybody: httpx.Client, staff: Person) -> None:
    """A client's text could reach the log by the path, the query, names, and the request's id."""
    started = time.time() - 1
    forged = '\r\n{"event": "request", "forged": true}'
    anybody.post("/auth/login", json={"username": f"x{forged}", "password": "x"})
    staff.http.get(f"/api/patients/{httpx.URL('/', params={'x': forged}).query.decode()}")
    staff.http.get("/api/patients", params={"q": f"x{forged}"})
    last = people.unique("last")
    staff.http.get("/api/patients", params={f"x{forged}": "x"}, headers={"x-request-id": last})
    anybody.post("/auth/login", json={}, headers={"x-request-id": last})

    def lines_up_to(service: str) -> list[str]:
        lines = list(logs.messages(f"/{settings.PREFIX}/{service}", started))
        return lines if any(last in line for line in lines) else []

    for service in ("auth", "patient"):
        found = until("the last request's line", partial(lines_up_to, service))
        for line in found:
            assert "event" in json.loads(line)
            assert "forged" not in line


@pytest.mark.attack(18)
@pytest.mark.parametrize("name", [r'"a\u0000b"', r'"\ud800"', r'"a\udfffb"', r'"\ude00\ud83d"'])
def test_attack_18_text_that_cannot_be_stored(staff: Person, name: str) -> None:
    assert is_problem(post(staff, raw(name=name)), 422)
    assert is_problem(post(staff, raw(**{name.strip('"'): '"x"'})), 422)


@pytest.mark.attack(18)
def test_attack_18_nul_and_broken_utf8_in_a_url(staff: Person) -> None:
    for path in ("/api/patients?q=%00", "/api/patients/%00", "/api/patients?q=%ff", "/api/patients?q=%ed%a0%80"):
        assert is_problem(staff.http.get(path), 422)


@pytest.mark.attack(18)
@pytest.mark.parametrize("mark", ["\u202e", "\u2066", "\u202a"])
def test_attack_18_text_in_another_direction(staff: Person, mark: str) -> None:
    for field in ("name", "address"):
        assert is_problem(staff.http.post("/api/patients", json=new_patient(**{field: f"Ada {mark}evol"})), 422)


@pytest.mark.attack(18)
@pytest.mark.parametrize(
    "text",
    ["\U0001f469\u200d\u2695\ufe0f \U0001d11e", "e\u0301 is not \u00e9", "\u05d0\u05d1 \u0645\u0631\u064a\u0645"],
)
def test_attack_18_unusual_text_is_returned_exactly(staff: Person, text: str) -> None:
    for body in (raw(name=json.dumps(text)), raw(name=json.dumps(text, ensure_ascii=False))):
        created = post(staff, body)
        assert created.status_code == 201, created.text
        assert staff.http.get(f"/api/patients/{created.json()['id']}").json()["name"] == text


@pytest.mark.attack(19)
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        raw(name="NaN"),
        raw(name="-Infinity"),
        raw(name="1e400"),
        raw(name="9" * 5000),
        raw().replace(b"Ada", b"\xff\xfe"),
        raw().replace(b"Ada", b"\xed\xa0\x80"),
        raw().replace(b"Ada", b"A\x00da"),
        b"",
        b"{",
        b"null",
    ],
    ids=[
        "deep-array",
        "deep-object",
        "not-a-number",
        "infinity",
        "huge-float",
        "huge-integer",
        "invalid-utf-8",
        "surrogate",
        "null-character",
        "empty",
        "cut-off",
        "null",
    ],
)
def test_attack_19_invalid_json(staff: Person, body: bytes) -> None:
    assert is_problem(post(staff, body), 400, 422)


def first_answer(host: str, port: int, request: str) -> tuple[bytes, float]:
    """Sends the beginning of a request. Returns the beginning of the answer, and the seconds until it arrived."""
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(request.encode())
        started = time.monotonic()
        return connection.recv(4096), time.monotonic() - started


@pytest.mark.attack(20)
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_attack_20_a_body_over_10_mb(staff: Person, chunked: bool) -> None:
    body = (b" " * 65536 for _ in range(LIMIT // 65536 + 1)) if chunked else b" " * (LIMIT + 1)
    # A connection of its own, because the server closes it instead of reading the whole body.
    headers = {**JSON, "authorization": f"Bearer {staff.token}"}
    answer = httpx.post(f"{settings.API_URL}/api/patients", content=body, headers=headers, timeout=30)
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Entity Too Large"})


@pytest.mark.attack(20)
def test_attack_20_a_body_over_10_mb_past_the_gateway(tasks: dict[str, Task]) -> None:
    """The service refuses the announced length, without waiting for the body."""
    request = f"POST /api/patients HTTP/1.1\r\nHost: x\r\nContent-Length: {LIMIT + 1}\r\n\r\n"
    answer, _ = first_answer(tasks["patient"].address, HTTP_PORT, request)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.attack(20)
def test_attack_20_slow_headers() -> None:
    request = f"GET /_aws/execute-api/{settings.API_ID}/api/patients HTTP/1.1\r\nHost: x\r\n"
    answer, seconds = first_answer("localhost", settings.EDGE_PORT, request)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert seconds < 20


@pytest.mark.attack(21)
@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=utf-16", ""],
)
def test_attack_21_another_media_type(staff: Person, media_type: str) -> None:
    assert is_problem(post(staff, raw(), headers={"content-type": media_type}), 415)


@pytest.mark.attack(22)
def test_attack_22_invalid_dates_of_birth(staff: Person) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    for dob in (tomorrow, "2999-01-01", "2023-02-29", "1900-02-29", "1990-13-01", "0000-00-00", "1990-01-01T00:00:00Z"):
        assert is_problem(staff.http.post("/api/patients", json=new_patient(dob=dob)), 422), dob


@pytest.mark.attack(22)
def test_attack_22_invalid_or_ambiguous_times(staff: Person, doctor_id: str, clinic_patient: dict[str, Any]) -> None:
    visit = {"patient_id": clinic_patient["id"], "doctor_id": doctor_id}
    for date in ("2030-01-07T10:00:00", "2030-01-07", "2030-02-29T10:00:00Z", "2030-01-07T25:00:00Z", 1893834000):
        assert is_problem(staff.http.post("/appointments", json=visit | {"date": date}), 422), date


@pytest.mark.attack(23)
def test_attack_23_invalid_amounts_and_overpayment(
    staff: Person, doctor_id: str, clinic_patient: dict[str, Any]
) -> None:
    invoice = complete_a_visit(staff, doctor_id, clinic_patient["id"])
    path = f"/api/billing/invoices/{invoice['id']}"
    for amount in ("-1", "0", "1.5", "1e2", '"100"', "true", "null", "10000000000000", "9" * 40, "[1]"):
        body = f'{{"amount_minor": {amount}, "method": "CARD"}}'.encode()
        assert is_problem(post(staff, body, f"{path}/payments"), 422), amount
    due = invoice["total_minor"]
    overpayment = staff.http.post(f"{path}/payments", json={"amount_minor": due + 1, "method": "CARD"})
    assert is_problem(overpayment, 409)
    assert staff.http.get(path).json() == invoice
    assert staff.http.post(f"{path}/payments", json={"amount_minor": due, "method": "CARD"}).status_code == 201
    assert is_problem(staff.http.post(f"{path}/payments", json={"amount_minor": 1, "method": "CARD"}), 409)


@pytest.mark.attack(24)
def test_attack_24_ends_before_starts_overlaps_and_neighbours(
    staff: Person, doctor: Person, doctor_id: str, clinic_patient: dict[str, Any]
) -> None:
    slots = wait_for_free_slots(staff, doctor_id)
    first, second = next((a, b) for a, b in pairwise(slots) if a["end"] == b["start"])
    visit = {"patient_id": clinic_patient["id"], "doctor_id": doctor_id, "date": first["start"]}
    for minutes in (-30, 0, 1.5):
        assert is_problem(staff.http.post("/appointments", json=visit | {"duration_minutes": minutes}), 422)
    hours = {"time_zone": "UTC", "weekly": {"monday": [{"start": "12:00", "end": "09:00"}]}}
    assert is_problem(doctor.http.put(f"/appointments/doctors/{doctor_id}/schedule", json=hours), 422)

    assert staff.http.post("/appointments", json=visit).status_code == 201
    inside = (datetime.fromisoformat(first["start"]) + timedelta(minutes=15)).isoformat()
    other = staff.http.post("/api/patients", json=new_patient()).json()["id"]
    for change in ({"patient_id": other}, {"patient_id": other, "date": inside}, {"date": inside}):
        assert is_problem(staff.http.post("/appointments", json=visit | change), 409)
    assert staff.http.post("/appointments", json=visit | {"date": second["start"]}).status_code == 201


@pytest.mark.attack(25)
def test_attack_25_etags_of_another_version(staff: Person, clinic_patient: dict[str, Any]) -> None:
    """`*` matches any version of a record that exists (RFC 9110, section 13.1.1)."""
    path, body = f"/api/patients/{clinic_patient['id']}", new_patient()
    for tag in ('"2"', '"0"', '"01"', 'W/"1"', '"7", W/"1"'):
        assert is_problem(staff.http.put(path, json=body, headers={"if-match": tag}), 412), tag
        assert is_problem(staff.http.delete(path, headers={"if-match": tag}), 412), tag
    for tag in ("1", "'1'", '*, "1"', 'w/"1"'):
        assert is_problem(staff.http.put(path, json=body, headers={"if-match": tag}), 400), tag
    assert staff.http.get(path).json()["version"] == 1
    assert staff.http.put(path, json=body, headers={"if-match": "*"}).headers["etag"] == '"2"'
    assert staff.http.delete(path, headers={"if-match": "*"}).status_code == 204
    assert is_problem(staff.http.put(path, json=body, headers={"if-match": "*"}), 404)
