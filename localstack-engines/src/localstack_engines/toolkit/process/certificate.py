"""A self-signed TLS certificate that all engines share.

A client that verifies the server needs the file `server.crt` in the state directory's `tls`.
"""

import subprocess
import threading
from pathlib import Path

from localstack_engines.toolkit import settings

_lock = threading.Lock()


def certificate() -> tuple[Path, Path]:
    """Returns the files of the certificate and of its private key (PEM); creates them at the first call."""
    directory = settings.state_directory("tls")
    certificate_file, key_file = directory / "server.crt", directory / "server.key"
    with _lock:
        if not certificate_file.exists():
            _make(certificate_file, key_file)
    return certificate_file, key_file


def _make(certificate_file: Path, key_file: Path) -> None:
    name = settings.endpoint_host()
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-days", "3650", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},DNS:localhost"]
    # The certificate is renamed into place last: when it exists, the key exists too.
    scratch = certificate_file.with_suffix(".new")
    subprocess.run([*argv, "-keyout", str(key_file), "-out", str(scratch)], check=True, capture_output=True)
    scratch.rename(certificate_file)
