"""Attacks 1 to 8 of docs/security.md: nothing lets anybody in who has no good token."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from google.protobuf.message_factory import GetMessageClass

from ops import aws, settings
from services.contracts.routes import ROUTES
from tests.e2e.forged_tokens import Forger, encoded
from tests.e2e.tasks import ACCEPTED, GRPC_SERVICES, REFUSED, Task, answers_to
from tests.support.people import Person, new_patient

BEHIND_THE_GATEWAY = [route for route in ROUTES if not route.public]
ATTACKERS_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def patients(tasks: dict[str, Task]) -> Task:
    return tasks["patient"]


@pytest.fixture
def forger(staff: Person) -> Forger:
    return Forger.of(staff.token)


def signed_by_the_attacker(text: str) -> str:
    return f"{text}.{encoded(ATTACKERS_KEY.sign(text.encode(), padding.PKCS1v15(), SHA256()))}"


def test_an_unchanged_token_is_accepted(patients: Task, forger: Forger) -> None:
    """So the tests below show that a token is refused because of its change."""
    assert answers_to(f"Bearer {forger.signed()}", patients).statuses == ACCEPTED


@pytest.mark.attack(1)
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x", "Bearer a.b.c", "Bearer ....", "Basic YTpi"])
def test_attack_1_no_token_or_a_malformed_one(patients: Task, header: str | None) -> None:
    answers = answers_to(header, patients)
    assert answers.statuses == REFUSED
    for answer in (answers.gateway, answers.task):
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.attack(2)
@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "", "HS256", "RS512", "PS256"])
def test_attack_2_another_algorithm(anybody: httpx.Client, patients: Task, forger: Forger, algorithm: str) -> None:
    """Unsigned, or with the published key as an HMAC secret, in every form that such a key is written in."""
    unsigned = forger.unsigned({"alg": algorithm})
    published = anybody.get("/.well-known/jwks.json").json()["keys"]
    (jwk,) = (key for key in published if key["kid"] == forger.header["kid"])
    key = jwt.PyJWK(jwk, "RS256").key
    hmac_keys = [
        json.dumps(jwk).encode(),
        key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo),
    ]
    signatures = ["", *(encoded(hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()) for secret in hmac_keys)]
    for signature in signatures:
        assert answers_to(f"Bearer {unsigned}.{signature}", patients).statuses == REFUSED


def fetch_inside(container: str, url: str) -> None:
    program = "import sys, urllib.request, urllib.error\ntry: urllib.request.urlopen(sys.argv[1], timeout=5)\n"
    program += "except urllib.error.HTTPError: pass"
    subprocess.run(["docker", "exec", container, "python3", "-c", program, url], check=True, capture_output=True)


@contextmanager
def recording_server(host: str) -> Iterator[tuple[str, list[str]]]:
    """Yields an HTTP server's address, and the paths that were requested from it."""
    paths: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            """Logs nothing."""

    server = ThreadingHTTPServer((host, 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://{host}:{server.server_address[1]}", paths
    finally:
        server.shutdown()
        server.server_close()


def host_address() -> str:
    """Returns this machine's address for containers: the gateway of a network that LocalStack's container is in."""
    template = "{{range .NetworkSettings.Networks}}{{.Gateway}} {{end}}"
    command = ["docker", "inspect", "--format", template, settings.CONTAINER]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[0]


@contextmanager
def security_groups_let_out(service: str, address: str) -> Iterator[None]:
    """Allows a service's tasks to connect to an address, which their security groups do not allow."""
    ec2 = aws.client("ec2")
    (found,) = [one for one in aws.services() if one["serviceName"] == service]
    (group,) = found["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    ranges = [{"CidrIp": f"{address}/32"}]
    permission = {"IpProtocol": "tcp", "FromPort": 1024, "ToPort": 65535, "IpRanges": ranges}
    rule = {"GroupId": group, "IpPermissions": [permission]}
    ec2.authorize_security_group_egress(**rule)
    try:
        yield
    finally:
        ec2.revoke_security_group_egress(**rule)


@pytest.mark.attack(3)
def test_attack_3_nothing_that_a_token_names_is_trusted_or_fetched(patients: Task, forger: Forger) -> None:
    jwk = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(ATTACKERS_KEY.public_key()))
    known = forger.header["kid"]
    with recording_server(host_address()) as (url, paths), security_groups_let_out("patient", host_address()):
        for container in (settings.CONTAINER, aws.container_id(aws.tasks("patient")[0], "patient")):
            fetch_inside(container, f"{url}/control")
        assert paths == ["/control"] * 2  # both containers can reach the server

        kids: list[Any] = ["../../../../dev/null", "/proc/self/environ", url, f"{url}/jwks.json", "' OR '1'='1", "%s"]
        kids += ["", None, 7, [known], f"{known}\x00", f"{known} "]
        for kid in kids:
            token = signed_by_the_attacker(forger.unsigned({"kid": kid}))
            assert answers_to(f"Bearer {token}", patients).statuses == REFUSED
        for extra in (
            {"jwk": {**jwk, "kid": known}},
            {"jku": f"{url}/jku"},
            {"x5u": f"{url}/x5u"},
            {"x5c": ["x"]},
        ):
            for kid in (known, "attacker"):
                token = signed_by_the_attacker(forger.unsigned({"kid": kid, **extra}))
                assert answers_to(f"Bearer {token}", patients).statuses == REFUSED
    assert paths == ["/control"] * 2


@pytest.mark.attack(4)
def test_attack_4_an_unknown_critical_header(patients: Task, forger: Forger) -> None:
    for header in ({"crit": ["b64"], "b64": True}, {"crit": ["exp"]}, {"crit": []}):
        assert answers_to(f"Bearer {forger.signed(header)}", patients).statuses == REFUSED


@pytest.mark.attack(4)
@pytest.mark.parametrize("kind", ["JWT", "rt+jwt", "id+jwt", "", None])
def test_attack_4_a_token_for_another_purpose(patients: Task, forger: Forger, kind: str | None) -> None:
    """The gateway ignores `typ`, as on AWS, so it is the service that answers 401."""
    assert answers_to(f"Bearer {forger.signed({'typ': kind})}", patients).statuses == REFUSED


@pytest.mark.attack(4)
def test_attack_4_a_refresh_token_is_no_access_token(patients: Task, staff: Person) -> None:
    assert answers_to(f"Bearer {staff.tokens['refresh_token']}", patients).statuses == REFUSED


@pytest.mark.attack(5)
@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"exp": 2**70},
        {"iss": "http://elsewhere.example"},
        {"iss": None},
        {"aud": "elsewhere"},
        {"aud": ["pms2", 'x","pms"']},
        {"aud": None, "client_id": "elsewhere"},
    ],
    ids=str,
)
def test_attack_5_claims_that_do_not_fit(patients: Task, forger: Forger, claims: dict[str, Any]) -> None:
    assert answers_to(f"Bearer {forger.signed(**claims)}", patients).statuses == REFUSED


@pytest.mark.attack(5)
def test_attack_5_a_token_of_the_future(patients: Task, forger: Forger) -> None:
    token = forger.signed(nbf=int(time.time()) + 600)
    assert answers_to(f"Bearer {token}", patients).statuses == REFUSED


@pytest.mark.attack(6)
def test_attack_6_a_broken_signature_or_another_key(patients: Task, forger: Forger) -> None:
    """A key that is not published, a retired one for instance, is refused under the published key's id and another."""
    header, payload, signature = forger.signed().split(".")
    elevated = forger.unsigned(roles=["ADMIN"]).split(".")[1]
    tokens = [
        f"{header}.{payload}.{signature[:-4]}",
        f"{header}.{payload}.",
        f"{header}.{elevated}.{signature}",
        signed_by_the_attacker(forger.unsigned()),
        signed_by_the_attacker(forger.unsigned({"kid": "retired"})),
    ]
    for token in tokens:
        assert answers_to(f"Bearer {token}", patients).statuses == REFUSED


@pytest.mark.attack(6)
def test_attack_6_a_flood_of_unknown_keys_locks_nobody_out(patients: Task, forger: Forger) -> None:
    """Tests of the plugin and of the services count the requests to the issuer, which is their own."""
    for number in range(30):
        token = signed_by_the_attacker(forger.unsigned({"kid": f"flood-{number}"}))
        assert answers_to(f"Bearer {token}", patients).statuses == REFUSED
    assert answers_to(f"Bearer {forger.signed()}", patients).statuses == ACCEPTED


@pytest.mark.attack(7)
def test_attack_7_spoofed_identity_headers(patients: Task, patient: Person, staff: Person, admin: Person) -> None:
    administrator = Forger.of(admin.token).claims
    forged = {
        "x-user-id": administrator["sub"],
        "x-user-roles": "ADMIN",
        "x-user-scopes": administrator["scope"],
        "x-amzn-request-context": json.dumps({"authorizer": {"jwt": {"claims": dict(administrator)}}}),
        "x-engines-claims": encoded(json.dumps(dict(administrator)).encode()),
        "x-forwarded-user": administrator["sub"],
    }
    other = staff.http.post("/api/patients", json=new_patient()).json()["id"]
    for base in (settings.API_URL, patients.url):
        assert httpx.get(f"{base}/api/patients", headers=forged).status_code == 401
        own = {**forged, "authorization": f"Bearer {patient.token}"}
        assert httpx.get(f"{base}/api/patients/{other}", headers=own).status_code == 404
        assert httpx.get(f"{base}/api/patients", headers=own).json()["items"] == []
    assert patient.http.get("/auth/users", headers=forged).status_code == 403


@pytest.mark.attack(8)
@pytest.mark.parametrize("route", BEHIND_THE_GATEWAY, ids=lambda route: route.key)
def test_attack_8_past_the_gateway_without_a_token(tasks: dict[str, Task], route: Any) -> None:
    path = route.path.replace("{", "").replace("}", "")
    answer = httpx.request(route.method, tasks[route.service].url + path, json={} if route.method != "GET" else None)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.attack(8)
@pytest.mark.parametrize(
    ("service", "method"),
    [(service, method.name) for service, described in GRPC_SERVICES.items() for method in described.methods],
)
def test_attack_8_grpc_without_a_token(tasks: dict[str, Task], service: str, method: str) -> None:
    empty = GetMessageClass(GRPC_SERVICES[service].methods_by_name[method].input_type)()
    assert tasks[service].status_of(method, empty, None) == "UNAUTHENTICATED"
