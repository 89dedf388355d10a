"""A self-signed TLS certificate that all engines share.

A client that verifies the server needs the file `server.crt` in the state directory's `tls`.
"""

import subprocess
import threading
from pathlib import Path

from localstack_engines.toolkit import settings

_SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")

TRUST_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "AWS_CA_BUNDLE")
"""Variables with the path of a file of authorities: for OpenSSL, Python, Go, requests, Node.js and AWS SDKs."""

_lock = threading.Lock()


def certificate() -> tuple[Path, Path]:
    """Returns the files of the certificate and of its private key (PEM); creates them at the first call."""
    directory = settings.state_directory("tls")
    certificate_file, key_file = directory / "server.crt", directory / "server.key"
    with _lock:
        if not certificate_file.exists():
            _make(certificate_file, key_file)
    return certificate_file, key_file


def with_key() -> Path:
    """Returns a file that has the certificate and its private key, which is how HAProxy takes them."""
    files = certificate()
    combined = files[0].with_name("server-with-key.pem")
    with _lock:
        if not combined.exists():
            combined.touch(mode=0o600)
            combined.write_text("".join(file.read_text() for file in files))
    return combined


def trusted() -> Path:
    """Returns a file of the authorities that the system trusts, and of the engines' own certificate."""
    own, _ = certificate()
    bundle = own.with_name("trusted.crt")
    with _lock:
        if not bundle.exists():
            files = [own, *([_SYSTEM_BUNDLE] if _SYSTEM_BUNDLE.exists() else [])]
            bundle.write_text("".join(file.read_text() for file in files))
    return bundle


def _make(certificate_file: Path, key_file: Path) -> None:
    name = settings.endpoint_host()
    # HTTP APIs are at <api>.execute-api.<name>, and DB clusters have two kinds of such names. A name has one wildcard.
    wildcards = [f"*.{kind}.{name}" for kind in ("execute-api", "cluster-ro", "cluster-custom")]
    names = [name, "localhost", *wildcards]
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += [
        "-days",
        "3650",
        "-subj",
        f"/CN={name}",
        "-addext",
        "subjectAltName=" + ",".join(f"DNS:{one}" for one in names),
    ]
    # The certificate is renamed into place last: when it exists, the key exists too.
    scratch = certificate_file.with_suffix(".new")
    subprocess.run([*argv, "-keyout", str(key_file), "-out", str(scratch)], check=True, capture_output=True)
    scratch.rename(certificate_file)
