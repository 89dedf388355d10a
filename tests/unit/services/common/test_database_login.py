"""How a service logs in to PostgreSQL: the token of IAM, and whom `verify-full` trusts."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import asyncpg
import botocore.session
import pytest
from botocore.exceptions import MetadataRetrievalError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from services.common import database_login
from services.common.aws import credentials
from services.common.database import is_disconnect
from services.common.settings import ServiceSettings

IAM = ServiceSettings(
    database_host="db.example",
    database_port=4512,
    database_username="billing_service",
    database_iam=True,
    database_ssl="verify-full",
)


@pytest.fixture
def task_role(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "session")
    credentials.cache_clear()
    yield
    credentials.cache_clear()


@pytest.mark.usefixtures("task_role")
def test_the_token_is_the_one_that_botocore_makes() -> None:
    make = database_login.password(IAM)
    assert callable(make)
    rds = botocore.session.get_session().create_client("rds", region_name=IAM.aws_region)
    while True:
        before = datetime.now(UTC).replace(microsecond=0)
        token = asyncio.run(make())  # type: ignore[arg-type]
        expected = rds.generate_db_auth_token("db.example", 4512, "billing_service")
        if datetime.now(UTC).replace(microsecond=0) == before:  # otherwise a second ended between the two
            break
    ours, theirs = urlsplit(f"https://{token}"), urlsplit(f"https://{expected}")
    assert (ours.netloc, ours.path) == (theirs.netloc, theirs.path)
    assert parse_qs(ours.query) == parse_qs(theirs.query)


def test_a_token_is_not_sent_to_a_server_that_is_not_verified() -> None:
    with pytest.raises(ValidationError, match="DATABASE_SSL=verify-full"):
        ServiceSettings(database_iam=True, database_ssl="prefer")


def test_a_task_without_credentials_cannot_reach_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is then 503, as for a server that is away, and not 500."""

    def unavailable(*_: object) -> str:
        raise MetadataRetrievalError(error_msg="the container's credentials do not answer")

    monkeypatch.setattr(database_login, "presigned", unavailable)
    make = database_login.password(IAM)
    assert callable(make)
    with pytest.raises(OSError, match="MetadataRetrievalError") as raised:
        asyncio.run(make())  # type: ignore[arg-type]
    assert is_disconnect(raised.value)


@pytest.mark.parametrize("refusal", [asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError])
def test_a_refused_token_is_an_outage_and_no_fault_of_the_request(refusal: type[Exception]) -> None:
    """Otherwise a consumer would set its events aside as dead letters."""
    assert is_disconnect(refusal("PAM authentication failed for user"))


def test_without_iam_the_password_is_sent() -> None:
    assert database_login.password(ServiceSettings(database_password="secret")) == "secret"


def test_the_bundle_has_valid_roots_of_rds() -> None:
    content = ServiceSettings().database_ca_file.read_bytes()
    roots = x509.load_pem_x509_certificates(content)
    names = set()
    for root in roots:
        root.verify_directly_issued_by(root)
        assert root.not_valid_after_utc > datetime.now(UTC) + timedelta(days=365)
        (name,) = root.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        names.add(str(name.value))
    assert all(name.startswith("Amazon RDS ") for name in names)
    assert {f"Amazon RDS us-east-1 Root CA {kind} G1" for kind in ("RSA2048", "RSA4096", "ECC384")} <= names


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """The port of a TLS server called `localhost`, and the file of its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(identifier, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate, private = tmp_path / "server.crt", tmp_path / "server.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, private)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=_serve, args=(listener, context), daemon=True).start()
        yield listener.getsockname()[1], certificate


def _serve(listener: socket.socket, context: ssl.SSLContext) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return  # the test has ended
        with connection:
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                continue  # the client did not trust it


def _connect(port: int, name: str, authorities: Path) -> None:
    context = database_login.tls(ServiceSettings(database_ssl="verify-full", database_ca_file=authorities))
    assert isinstance(context, ssl.SSLContext)
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        context.wrap_socket(plain, server_hostname=name).close()


def test_verify_full_accepts_a_trusted_server_under_its_name_only(server: tuple[int, Path]) -> None:
    port, certificate = server
    _connect(port, "localhost", certificate)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        _connect(port, "db.example", certificate)
    with pytest.raises(ssl.SSLCertVerificationError, match="self-signed"):
        _connect(port, "localhost", ServiceSettings().database_ca_file)


def test_prefer_verifies_nothing() -> None:
    assert database_login.tls(ServiceSettings()) == "prefer"
